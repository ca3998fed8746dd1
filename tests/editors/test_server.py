"""``stapy --language-server``, driven by an LSP client as an editor would."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

pytest.importorskip("pygls")
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from tests.conftest import ROOT

URI = "file:///script.stp"
Answer = TypeVar("Answer")


def with_server(text: str, ask: Callable[[Any, list[Any]], Awaitable[Answer]]) -> Answer:
    """What ``ask(client, diagnostics)`` gives, with ``text`` open and checked."""

    async def talk() -> Answer:
        client = LanguageClient("test", "1")
        published: asyncio.Queue[Any] = asyncio.Queue()

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def diagnostics(params: types.PublishDiagnosticsParams) -> None:
            published.put_nowait(params.diagnostics)

        environment = dict(os.environ, PYTHONPATH=str(ROOT))
        await client.start_io(sys.executable, "-m", "stapy", "--language-server", env=environment)
        await client.initialize_async(types.InitializeParams(capabilities=types.ClientCapabilities()))
        client.initialized(types.InitializedParams())
        document = types.TextDocumentItem(URI, "systemtap", 1, text)
        client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        found = await asyncio.wait_for(published.get(), 30)
        client.published = published
        try:
            return await ask(client, found)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()

    return asyncio.run(talk())


def at(line: int, character: int) -> dict[str, Any]:
    return {"text_document": types.TextDocumentIdentifier(URI), "position": types.Position(line, character)}


def test_what_is_wrong_is_shown_where_it_is() -> None:
    async def ask(client: Any, found: list[Any]) -> list[Any]:
        return found

    [found] = with_server("probe begin {\n  println(nosuch(1))\n}\n", ask)
    assert found.message.startswith("unresolved function nosuch")
    assert (found.range.start.line, found.range.start.character, found.range.end.character) == (1, 10, 16)


def test_it_goes_away_when_it_is_mended() -> None:
    async def ask(client: Any, found: list[Any]) -> tuple[list[Any], list[Any]]:
        whole = types.TextDocumentContentChangeWholeDocument("probe begin { exit() }")
        client.text_document_did_change(types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(2, URI), [whole]))
        return found, await asyncio.wait_for(client.published.get(), 30)

    before, after = with_server("probe begin {", ask)
    assert [found.severity for found in before] == [types.DiagnosticSeverity.Error]
    assert list(after) == []


def test_completion() -> None:
    async def ask(client: Any, found: list[Any]) -> Any:
        return await client.text_document_completion_async(types.CompletionParams(**at(0, 49)))

    answer = with_server('probe kernel.function("do_fork") { println($clone', ask)
    assert [item.label for item in answer.items] == ["$clone_flags"]
    assert answer.items[0].text_edit.range.start.character == 43


def test_hover_and_definition() -> None:
    async def ask(client: Any, found: list[Any]) -> tuple[Any, Any, Any]:
        return (await client.text_document_hover_async(types.HoverParams(**at(1, 26))),
                await client.text_document_definition_async(types.DefinitionParams(**at(1, 26))),
                await client.text_document_definition_async(types.DefinitionParams(**at(1, 40))))

    text = "function mine() { return 1 }\nprobe begin { println(execname(), \" \", mine()) }\n"
    hover, tapset, own = with_server(text, ask)
    assert "execname:string ()" in hover.contents.value
    assert tapset.uri.endswith("runtime/tapset/tasks.py")
    assert (own.uri, own.range.start.line, own.range.start.character) == (URI, 0, 9)


def test_formatting() -> None:
    async def ask(client: Any, found: list[Any]) -> Any:
        options = types.FormattingOptions(8, False)
        document = types.TextDocumentIdentifier(URI)
        return await client.text_document_formatting_async(types.DocumentFormattingParams(document, options))

    [edit] = with_server("probe begin{exit()}", ask)
    assert edit.new_text == "probe begin { exit() }\n"
