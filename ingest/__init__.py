"""From MQTT to rows: subscribe, decode, batch, store, acknowledge; what cannot be stored is kept in quarantine."""
