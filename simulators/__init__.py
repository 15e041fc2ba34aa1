"""Machines with physics and faults, and recorded tables played back; they know only the wire."""
