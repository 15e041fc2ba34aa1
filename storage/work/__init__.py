"""What people do about it: alerts, work orders, what is suppressed meanwhile, and the ledger of it all."""
