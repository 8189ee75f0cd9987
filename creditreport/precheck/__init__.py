"""The pre-check: what is known about a business and what its report would list, private to the business."""
