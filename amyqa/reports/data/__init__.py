"""Reports for programs: JSON with its schema, tables of findings, the ESSnet's validation report."""
