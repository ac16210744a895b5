"""The ledger of problems (企业诉求台账): its columns, its terms, and how a worker makes it."""
