"""Reports: pure functions from a :class:`~amyqa.model.Report` to text."""
