"""What a document means that does not say so: the same frozen table of operations that annotations give."""

from mockserver.inference.operations import infer_contract

__all__ = ["infer_contract"]
