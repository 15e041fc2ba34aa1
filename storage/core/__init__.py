"""What every floor stands on: connections and transactions, named SQL, the grade of the server, jobs, leases."""
