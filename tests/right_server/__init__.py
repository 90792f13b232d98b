"""A server that keeps the contract in other ways than the mock: written from the published document, sharing no code with it."""

from right_server.front import Manners, RightServer

__all__ = ["Manners", "RightServer"]
