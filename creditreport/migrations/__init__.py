"""The store's versions, numbered; ``creditreport db upgrade`` brings a database to the newest."""
