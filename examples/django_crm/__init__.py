"""An app for Django that keeps the library's records: the models, and the store over them."""
