"""The commands that carry the record in and out: register, replay, export, backup."""
