"""Figures of assets, classes and sites, made of raw elements of time."""
