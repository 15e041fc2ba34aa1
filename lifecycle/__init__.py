"""The asset's life: register, ledger."""
