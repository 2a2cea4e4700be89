"""Client for Exchange nodes. Generated messages and stubs are in exchange.v1; this is what everybody would write anyway."""

from .client import Client, connect, credentials
from .errors import ExchangeError
from .tokens import FileToken, MemoryToken

__all__ = ["Client", "ExchangeError", "FileToken", "MemoryToken", "connect", "credentials"]
