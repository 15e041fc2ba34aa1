"""What an administrator keeps running, over HTTP."""
