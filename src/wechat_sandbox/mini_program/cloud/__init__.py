"""Cloud development from outside: functions, the document store, files and short messages of a bound environment."""
