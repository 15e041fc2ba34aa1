"""The console: where people see the plant and act. NiceGUI, loaded only when a console is wanted."""
