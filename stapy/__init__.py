"""stapy: SystemTap scripts on emulated kernels, as a command and as a library."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stapy.embedding import Aggregate, Attachment, Result, attach, run

__version__ = "0.1.0"
__all__ = ["Aggregate", "Attachment", "Result", "attach", "run"]


def __getattr__(name: str) -> Any:
    """The library's names, imported when they are asked for: the command starts sooner without."""
    if name in __all__:
        from stapy import embedding

        return getattr(embedding, name)
    raise AttributeError(f"module 'stapy' has no attribute '{name}'")
