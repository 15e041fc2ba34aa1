"""`assetloop demo project`: a project from its schedule to the lesson it teaches, played through with real parts."""
