"""Type inference over the whole program: long, string and statistics, until nothing more can be learnt.

The rounds go over all functions and handlers. What an expression has to be comes from above (``wanted``), what it is
from below. When a round learns nothing and something is left over, one last round reports it.
"""

from __future__ import annotations

from typing import Any

from stapy.compiler import tree
from stapy.compiler.analysis import Analysis, Callee, Handler, LibraryFunction
from stapy.compiler.diagnostics import SemanticError
from stapy.compiler.targets import Deferred, resolve_autocast
from stapy.compiler.tree import Type
from stapy.compiler.walk import descend

UNKNOWN, LONG, STRING, STATS = Type.UNKNOWN, Type.LONG, Type.STRING, Type.STATS
# What turns one type into another: (wanted, found).
CONVERSIONS = {
    (LONG, STRING): "strtol(text, 10) gives the number that a text begins with",
    (STRING, LONG): 'sprint(number), or sprintf("%d", number), gives a number as text',
}
# Kinds of mismatches, the most telling last: two operands that do not go together, a value that is not what is wanted,
# a name used as something else than it is.
NO_MISMATCH, BY_SIDES, BY_VALUE, BY_DECLARATION = range(4)
NUMERIC = frozenset(("+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "<<=", ">>=", ">>>="))


PATIENCE = 20  # rounds in the order of names


def _gives_nothing(node: tree.Expression) -> bool:
    """Whether this is a call of a tapset's function that has no result."""
    return isinstance(node, tree.Call) and any(
        isinstance(function, LibraryFunction) and function.declared_result is UNKNOWN for function in node.referents
    )


def _callers_first(functions: list[tree.Function]) -> list[tree.Function]:
    """``functions``, each before those it calls as far as they do not call each other in circles."""
    called = {
        id(f): [
            callee
            for node in descend(f.body)
            if isinstance(node, tree.Call)
            for callee in node.referents
            if isinstance(callee, tree.Function)
        ]
        for f in functions
    }
    done: dict[int, tree.Function] = {}
    for first in functions:
        waiting = [(first, False)]
        while waiting:
            function, left = waiting.pop()
            if left:
                done.setdefault(id(function), function)
            elif id(function) in called:
                waiting.append((function, True))
                waiting += [(callee, False) for callee in called.pop(id(function))]
    return list(reversed(done.values()))


def infer(analysis: Analysis) -> None:
    """Give every expression, variable and function of the program its type; report what has none or two."""
    Inference(analysis).run()


class Inference:
    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.asserting = False
        self.resolved = 0
        self.unresolved_count = 0
        self.worst = NO_MISMATCH  # the most telling kind of mismatch there is: only that kind is reported
        self.chained = False
        self.simplified = False
        self.function: Callee | None = None
        self.handler: Handler | None = None
        self._visits: dict[type, Any] = {}
        self.rounds = 0
        self.by_calls: list[tree.Function] = []

    def run(self) -> None:
        while True:
            self.resolved = self.unresolved_count = 0
            self.round()
            if self.resolved:
                continue
            if not self.unresolved_count or self.asserting:
                return
            if self.worst == NO_MISMATCH and self.simplify():
                continue
            self.asserting = True
            if self.analysis.options.verbose:
                self.worst = min(self.worst, BY_SIDES)  # all kinds

    def round(self) -> None:
        for function in self.order():
            self.function, self.handler = function, None
            if not isinstance(function.body, tree.EmbeddedCode):
                self.statement(function.body)
            for variable in function.locals:
                self.check_variable(variable)
        for handler in self.analysis.handlers:
            self.function, self.handler = None, handler
            with self.analysis.reporter.times(handler.count):
                self.one_handler(handler)
        for variable in self.analysis.globals:
            if variable.type is UNKNOWN:
                self.unresolved(variable.token)
            if variable.wrap and not variable.notes.get("arity", 1):
                raise SemanticError("wrapping not supported for scalars", variable.token)

    def simplify(self) -> bool:
        """Where something stays without a type, and nothing conflicts, it may be in what is never reached: compute and
        drop that, once."""
        from stapy.compiler.optimize import Optimizer

        if self.simplified or self.analysis.options.unoptimized:
            return False
        self.simplified = True
        optimizer = Optimizer(self.analysis, first=False)
        optimizer.fold()
        if optimizer.changed:
            optimizer.run()
        return optimizer.changed or optimizer.round > 0

    def one_handler(self, handler: Handler) -> None:
        for expression in handler.entry:
            self.visit(expression, UNKNOWN)
        if handler.condition is not None:
            self.visit(handler.condition, LONG)  # stap tests it at the body's beginning
        self.statement(handler.body)
        for variable in handler.locals:
            self.check_variable(variable)
        if handler.condition is not None:
            self.visit(handler.condition, LONG)

    def order(self) -> list[tree.Function]:
        """The functions in the order of their names, as in stap. Where that does not get anywhere soon, callers before
        what they call, and the next time after it: along a chain of calls a round then learns all there is."""
        self.rounds += 1
        functions = sorted(self.analysis.script_functions(), key=lambda f: f.name)
        if self.rounds < PATIENCE or self.asserting:
            return functions
        if not self.by_calls:
            self.by_calls = _callers_first(functions)
        self.by_calls.reverse()
        return self.by_calls

    def check_variable(self, variable: tree.Variable) -> None:
        if variable.type is UNKNOWN:
            self.unresolved(variable.token)
        elif variable.type is STATS:
            remedy = f"global {variable.name}"
            self.fail(
                SemanticError("stat locals not supported, missing global declaration? ", variable.token, remedy=remedy)
            )

    # ------------------------------------------------------------ what is learnt, and what does not fit

    def learnt(self) -> None:
        self.resolved += 1

    def fail(self, error: SemanticError) -> None:
        self.unresolved_count += 1
        if self.asserting:
            self.analysis.error(error)

    def unresolved(self, token: tree.Token) -> None:
        """Something without a type. Where types conflict, that is the thing to tell."""
        self.unresolved_count += 1
        if self.asserting and self.worst == NO_MISMATCH:
            self.analysis.error(SemanticError("unresolved type ", token))

    def invalid(self, token: tree.Token, kind: Type) -> None:
        """A type that cannot be there; UNKNOWN: an operator that cannot."""
        what = f"invalid type {kind}" if kind is not UNKNOWN else "invalid operator"
        self.fail(SemanticError(what, token))

    def reports(self, kind: int) -> bool:
        """Count a mismatch; whether it is to be reported."""
        self.unresolved_count += 1
        if not self.asserting:
            self.worst = max(self.worst, kind)
        return self.asserting and kind >= self.worst

    def mismatch(self, token: tree.Token, wanted: Type, found: Type) -> None:
        """A literal or expression of one type where another is wanted."""
        if self.reports(BY_VALUE):
            remedy = CONVERSIONS.get((wanted, found))
            message = f"type mismatch: expected {wanted} but found {found}"
            self.analysis.error(SemanticError(message, token, remedy=remedy))

    def sides_differ(self, token: tree.Token, left: Type, right: Type) -> None:
        """Two operands that do not go together."""
        if self.reports(BY_SIDES):
            self.analysis.error(
                SemanticError(
                    f"type mismatch: left and right sides don't agree ({left} vs {right})",
                    token,
                    remedy=CONVERSIONS.get((LONG, STRING)),
                )
            )

    def conflict(self, token: tree.Token, tried: Type, declaration: Any, index: int | None = None) -> None:
        """``tried`` where a variable or result is known to be something else; ``index``: of a key or argument."""
        if not self.reports(BY_DECLARATION):
            return
        if index is None and isinstance(self.function, tree.Function) and declaration in self.function.parameters:
            index = self.function.parameters.index(declaration)
        first = declaration.notes.get("type token" if index is None else f"key {index} token")
        known = declaration.type if isinstance(declaration, tree.Variable) else declaration.result
        if first is None:
            remedy = CONVERSIONS.get((known, tried))
            message = f"type mismatch: expected {tried} but found {known}"
            self.analysis.error(SemanticError(message, token, remedy=remedy))
            return
        where = "type" if index is None else f"index {index} type"
        chain = None
        if not self.chained or not self.analysis.options.verbose:  # without -v later ones are left out anyway
            self.chained = True
            subject = "type" if index is None else f"type of index {index}"
            chain = SemanticError(f"{subject} was first inferred here ({known})", first, site="inferred")
        self.analysis.error(SemanticError(f"{where} mismatch ({tried})", token, chain=chain, site="mismatch"))

    def learn_variable(self, variable: tree.Variable, kind: Type, token: tree.Token) -> None:
        variable.type = kind
        variable.notes["type token"] = token
        self.learnt()

    def agree(self, node: tree.Expression, declaration: Any, wanted: Type, may_stay: bool = False) -> None:
        """Bring together what an occurrence of a name is, what its declaration is, and what is wanted.

        A visit carries the knowledge one step only, as in stap: from above to the occurrence, from the declaration to
        it, or from it to the declaration. ``may_stay``: that nothing is known is no mistake.
        """
        is_variable = isinstance(declaration, tree.Variable)
        known = declaration.type if is_variable else declaration.result
        here = node.type
        if UNKNOWN is not here is known and wanted in (UNKNOWN, here):
            return
        if here is not UNKNOWN is not known is not here:
            self.conflict(node.token, here, declaration)
        elif UNKNOWN is not wanted and ((here is not UNKNOWN and here is not wanted) or known not in (UNKNOWN, wanted)):
            self.conflict(node.token, wanted, declaration)
        elif here is UNKNOWN and (wanted is not UNKNOWN or known is not UNKNOWN):
            node.type = wanted if wanted is not UNKNOWN else known
            self.learnt()
        elif here is not UNKNOWN:
            if is_variable:
                self.learn_variable(declaration, here, node.token)
            else:
                declaration.result = here
                declaration.notes["type token"] = node.token
                self.learnt()
        elif not may_stay:
            self.unresolved(node.token)

    # ------------------------------------------------------------ statements

    def statement(self, node: tree.Statement | None) -> None:
        if node is not None:
            getattr(self, "do_" + type(node).__name__.lower())(node)

    def do_block(self, node: tree.Block) -> None:
        for statement in node.statements:
            self.statement(statement)

    def do_nothing(self, node: tree.Statement) -> None:
        pass

    do_null = do_next = do_break = do_continue = do_embeddedcode = do_nothing

    def do_expressionstatement(self, node: tree.ExpressionStatement) -> None:
        self.visit(node.value, UNKNOWN)

    def do_if(self, node: tree.If) -> None:
        self.visit(node.condition, LONG)
        self.statement(node.then)
        self.statement(node.otherwise)

    def do_for(self, node: tree.For) -> None:
        self.statement(node.initial)
        self.visit(node.condition, LONG)
        self.statement(node.step)
        self.statement(node.body)

    def do_foreach(self, node: tree.Foreach) -> None:
        if isinstance(node.array, tree.Histogram):
            self.visit(node.array, UNKNOWN)
            if len(node.keys) != 1:
                self.unresolved(node.token)
            self.visit(node.keys[0], LONG)
            if node.value is not None:
                self.visit(node.value, LONG)
        else:
            assert isinstance(node.array, tree.Symbol)
            array = node.array.referent
            for index, key in enumerate(node.keys):
                self.key(array, index, key)
            for index, part in enumerate(node.slice or ()):
                if part is not None:
                    self.key(array, index, part)
            self.visit(node.array, UNKNOWN)
            if node.value is not None:
                if array.type is STATS:
                    self.invalid(node.value.token, STATS)
                else:
                    self.visit(node.value, array.type)
                if array.type is UNKNOWN and node.value.type is not UNKNOWN:
                    self.learn_variable(array, node.value.type, node.array.token)
            if node.sort_column == 0 and node.sort_aggregate and array.type is not STATS:
                self.invalid(node.array.token, array.type)
        if node.limit is not None:
            self.visit(node.limit, LONG)
        self.statement(node.body)

    def do_return(self, node: tree.Return) -> None:
        function = self.function
        if node.value is None or not isinstance(function, tree.Function):
            return
        self.visit(node.value, function.result)
        kind = node.value.type
        if kind is UNKNOWN:
            return
        if function.result is UNKNOWN:
            if kind is STATS:
                self.invalid(node.value.token, STATS)
                return
            function.result = kind
            function.notes["type token"] = node.value.token
            self.learnt()
        elif kind is not function.result:
            self.conflict(node.value.token, kind, function)
        if node.value.ctype is not None and "ctype" not in function.notes:
            function.notes["ctype"] = node.value.ctype
            self.learnt()

    def do_delete(self, node: tree.Delete) -> None:
        target = node.value.array if isinstance(node.value, tree.Index) else node.value
        if not isinstance(target, tree.Symbol):
            self.fail(SemanticError("invalid operand of delete expression", node.value.token))
            return
        self.visit(node.value, UNKNOWN)

    def do_try(self, node: tree.Try) -> None:
        self.statement(node.body)
        if node.error is not None:
            self.visit(node.error, STRING)
        self.statement(node.handler)

    # ------------------------------------------------------------ expressions

    def visit(self, node: tree.Expression, wanted: Type) -> None:
        kind = type(node)
        method = self._visits.get(kind)
        if method is None:
            method = self._visits[kind] = getattr(self, "visit_" + kind.__name__.lower())
        method(node, wanted)

    def become(self, node: tree.Expression, kind: Type) -> None:
        """``node`` is a ``kind``, whatever it is made of."""
        if node.type is UNKNOWN:
            node.type = kind
            self.learnt()

    def yield_(self, node: tree.Expression, kind: Type, wanted: Type) -> None:
        """``node`` is a ``kind`` as the call of a function is: where another is wanted, that is the mistake."""
        if wanted in (UNKNOWN, kind):
            self.become(node, kind)
            return
        if self.reports(BY_DECLARATION):
            self.analysis.error(SemanticError(f"type mismatch: expected {wanted} but found {kind}", node.token))
        node.type = wanted

    def visit_number(self, node: tree.Number, wanted: Type) -> None:
        node.type = LONG
        if wanted not in (UNKNOWN, LONG):
            self.mismatch(node.token, wanted, LONG)

    def visit_string(self, node: tree.String, wanted: Type) -> None:
        node.type = STRING
        if wanted not in (UNKNOWN, STRING):
            self.mismatch(node.token, wanted, STRING)

    def visit_embeddedexpression(self, node: tree.EmbeddedExpression, wanted: Type) -> None:
        self.yield_(node, STRING if "string */" in node.code or "# string" in node.code else LONG, wanted)

    def visit_symbol(self, node: tree.Symbol, wanted: Type) -> None:
        variable = node.referent
        if variable is None:
            return
        self.agree(node, variable, wanted)
        node.ctype = variable.ctype

    def visit_index(self, node: tree.Index, wanted: Type) -> None:
        if isinstance(node.array, tree.Histogram):
            for key in node.keys:
                if key is not None:
                    self.visit(key, LONG)
            self.visit(node.array, UNKNOWN)
            self.become(node, LONG)
            return
        assert isinstance(node.array, tree.Symbol)
        array = node.array.referent
        if array is None:
            return
        self.agree(node, array, wanted)
        node.ctype = array.ctype
        for index, key in enumerate(node.keys):
            if key is not None:
                self.key(array, index, key)

    def key(self, array: tree.Variable, index: int, key: tree.Expression) -> None:
        """A key expression against the array's key type."""
        assert array.key_types is not None
        known = array.key_types[index]
        self.visit(key, known)
        kind = key.type
        if kind is UNKNOWN:
            self.unresolved(key.token)
            return
        if kind is STATS:
            self.invalid(key.token, STATS)
        elif known is UNKNOWN:
            array.key_types[index] = kind
            array.notes[f"key {index} token"] = key.token
            self.learnt()
        elif kind is not known:
            self.conflict(key.token, kind, array, index)

    def visit_arrayin(self, node: tree.ArrayIn, wanted: Type) -> None:
        if isinstance(node.array, tree.Histogram):
            self.visit(node.array, UNKNOWN)
            for key in node.keys:
                if key is not None:
                    self.visit(key, LONG)
        else:
            assert isinstance(node.array, tree.Symbol)
            if node.array.referent is None:
                return
            self.visit(node.array, UNKNOWN)
            for index, key in enumerate(node.keys):
                if key is not None:
                    self.key(node.array.referent, index, key)
        if wanted not in (UNKNOWN, LONG):
            self.mismatch(node.token, wanted, LONG)
        else:
            self.become(node, LONG)

    def visit_regexmatch(self, node: tree.RegexMatch, wanted: Type) -> None:
        self.check_operator(node, LONG, wanted)
        self.visit(node.left, STRING)
        self.become(node, LONG)

    def visit_unary(self, node: tree.Unary, wanted: Type) -> None:
        self.check_operator(node, LONG, wanted)
        self.visit(node.operand, LONG)
        self.become(node, LONG)

    visit_precrement = visit_postcrement = visit_unary

    def visit_binary(self, node: tree.Binary | tree.Logical | tree.Assignment, wanted: Type) -> None:
        self.check_operator(node, LONG, wanted)
        self.visit(node.left, LONG)
        self.visit(node.right, LONG)
        self.check_sides(node)
        self.become(node, LONG)

    def visit_logical(self, node: tree.Logical, wanted: Type) -> None:
        if not any(_gives_nothing(side) for side in (node.left, node.right)):
            self.visit_binary(node, wanted)
            return
        for side in (node.left, node.right):  # as stap: `count == 3 && exit()`
            self.visit(side, LONG)
            if side.type is UNKNOWN and not _gives_nothing(side):
                self.unresolved(side.token)
        self.become(node, LONG)

    def visit_comparison(self, node: tree.Comparison, wanted: Type) -> None:
        self.check_operator(node, LONG, wanted)
        self.visit(node.left, node.right.type if node.right.type is not STATS else UNKNOWN)
        self.visit(node.right, node.left.type if node.left.type is not STATS else UNKNOWN)
        self.check_sides(node)
        self.become(node, LONG)

    def check_operator(self, node: tree.Expression, kind: Type, wanted: Type) -> None:
        """An operator that gives a ``kind``, where something else is wanted."""
        if wanted not in (UNKNOWN, kind):
            self.invalid(node.token, UNKNOWN)

    def check_sides(self, node: Any) -> None:
        left, right = node.left.type, node.right.type
        if UNKNOWN is not left is not right is not UNKNOWN:
            self.sides_differ(node.token, left, right)

    def visit_concatenation(self, node: tree.Concatenation | tree.Assignment, wanted: Type) -> None:
        self.check_operator(node, STRING, wanted)
        self.visit(node.left, STRING)
        self.visit(node.right, STRING)
        self.become(node, STRING)

    def visit_ternary(self, node: tree.Ternary, wanted: Type) -> None:
        self.visit(node.condition, LONG)
        kind = wanted if wanted is not UNKNOWN else node.type
        self.visit(node.then, kind)
        if kind is UNKNOWN:
            kind = node.then.type
        self.visit(node.otherwise, kind)
        if kind is UNKNOWN:
            kind = node.otherwise.type
        if node.type is UNKNOWN and kind is not UNKNOWN:
            node.type = kind
            self.learnt()
        node.ctype = node.then.ctype

    def visit_assignment(self, node: tree.Assignment, wanted: Type) -> None:
        if node.operator == "<<<":
            self.visit(node.left, STATS)
            self.visit(node.right, LONG)
            self.become(node, LONG)
        elif STATS in (node.left.type, node.right.type):
            side = node.left if node.left.type is STATS else node.right
            self.invalid(side.token, STATS)
        elif node.operator in NUMERIC:
            self.visit_binary(node, wanted)
        elif node.operator == ".=":
            self.visit_concatenation(node, wanted)
        else:
            self.plain_assignment(node, wanted)

    def plain_assignment(self, node: tree.Assignment, wanted: Type) -> None:
        kind = wanted if wanted is not UNKNOWN else node.type
        self.visit(node.left, kind if kind is not UNKNOWN else node.right.type)
        self.visit(node.right, kind if kind is not UNKNOWN else node.left.type)
        if kind is UNKNOWN:
            kind = node.left.type
        if node.type is UNKNOWN and kind is not UNKNOWN:
            node.type = kind
            self.learnt()
        self.check_sides(node)
        if node.right.ctype is not None:
            node.ctype = node.right.ctype
            self.learn_ctype(node.left, node.right.ctype)

    def learn_ctype(self, target: tree.Expression, ctype: Any) -> None:
        """A variable that is given a value with a C type has that type, for ``variable->member``."""
        if isinstance(target, tree.Index):
            target = target.array
        if isinstance(target, tree.Symbol) and target.referent is not None and target.referent.ctype is None:
            target.referent.ctype = ctype
            self.learnt()

    # ------------------------------------------------------------ calls and printing

    def visit_call(self, node: tree.Call, wanted: Type) -> None:
        for function in node.referents:
            self.call(node, function, wanted)

    def call(self, node: tree.Call, function: Callee, wanted: Type) -> None:
        self.agree(node, function, wanted, may_stay=True)
        if "ctype" in function.notes and node.ctype is None:
            node.ctype = function.notes["ctype"]
            self.learnt()
        for index, (parameter, argument) in enumerate(zip(function.parameters, node.arguments, strict=True)):
            self.argument(index, parameter, argument)

    def argument(self, index: int, parameter: tree.Variable, argument: tree.Expression) -> None:
        self.visit(argument, parameter.type)
        kind = argument.type
        if kind is UNKNOWN:
            self.unresolved(argument.token)
        elif kind is STATS:
            self.invalid(argument.token, STATS)
        elif kind is not UNKNOWN and parameter.type is UNKNOWN:
            parameter.type = kind
            parameter.notes[f"key {index} token"] = argument.token
            self.learnt()
        elif kind is not UNKNOWN and kind is not parameter.type:
            self.conflict(argument.token, kind, parameter, index)
        if argument.ctype is not None and parameter.ctype is None and parameter.declared_type is None:
            parameter.ctype = argument.ctype
            self.learnt()

    def visit_print(self, node: tree.Print, wanted: Type) -> None:
        if node.histogram is not None:
            self.visit(node.histogram, UNKNOWN)
            self.become(node, STRING if not node.to_stream else LONG)
            return
        kind = LONG if node.to_stream else STRING
        if node.raw_format is not None:
            self.formatted(node)
        else:
            complete = True
            for argument in node.arguments:
                self.visit(argument, UNKNOWN)
                if argument.type is UNKNOWN:
                    self.unresolved(argument.token)
                    complete = False
                elif argument.type is STATS:
                    # stap finds this out only in pass 3
                    node.ctype = None
            if not complete:
                node.type = UNKNOWN
                self.unresolved(node.token)
                return
        self.become(node, kind)

    def formatted(self, node: tree.Print) -> None:
        expected = argument_types(node)
        if len(expected) != len(node.arguments):
            count = f"{len(expected)} value{'s' if len(expected) != 1 else ''}, and {len(node.arguments)} given"
            remedy = f"the format takes {count}; a per cent sign is written %%"
            raise SemanticError("Wrong number of args to formatted print operator", node.token, remedy=remedy)
        for kind, argument in zip(expected, node.arguments, strict=True):
            self.visit(argument, kind)
            if argument.type is UNKNOWN:
                argument.type = kind
                self.learnt()
            elif argument.type is not kind:
                self.mismatch(argument.token, kind, argument.type)

    def visit_statistic(self, node: tree.Statistic, wanted: Type) -> None:
        self.visit(node.operand, STATS)
        self.become(node, LONG)

    def visit_histogram(self, node: tree.Histogram, wanted: Type) -> None:
        self.visit(node.operand, STATS)
        if node.type is UNKNOWN:
            node.type = LONG
            self.learnt()

    # ------------------------------------------------------------ what came from the kernel's description

    def visit_kernelread(self, node: Any, wanted: Type) -> None:
        for operand in node.operands:
            self.visit(operand, LONG)
        self.yield_(node, LONG, wanted)

    def visit_stringread(self, node: Any, wanted: Type) -> None:
        self.visit(node.address, LONG)
        self.yield_(node, STRING, wanted)

    def visit_savedvalue(self, node: Any, wanted: Type) -> None:
        kind = node.saved.type
        if node.ctype is None:
            node.ctype = node.saved.ctype
        if kind is UNKNOWN:
            if wanted is UNKNOWN:
                self.unresolved(node.token)
            else:
                self.visit(node.saved, wanted)
            return
        if node.type is UNKNOWN:
            node.type = kind
            self.learnt()
        if wanted is not UNKNOWN and wanted is not kind:
            self.mismatch(node.token, wanted, kind)

    def visit_rawread(self, node: tree.RawRead, wanted: Type) -> None:
        if node.size is not None:
            self.visit(node.size, LONG)
        self.visit(node.operand, LONG)
        self.yield_(node, LONG, wanted)

    def visit_targetsymbol(self, node: tree.TargetSymbol, wanted: Type) -> None:
        self.fail(SemanticError("unresolved target-symbol expression", node.token))

    def visit_unresolvedtarget(self, node: Any, wanted: Type) -> None:
        """A target variable that could not be resolved: an error only because it is still here."""
        self.fail(node.error)

    def visit_atvar(self, node: tree.AtVar, wanted: Type) -> None:
        self.fail(SemanticError("unresolved @var() expression", node.token))

    def visit_cast(self, node: tree.Cast, wanted: Type) -> None:
        self.fail(SemanticError(f"type definition '{node.type_name}' not found in '{node.module}'", node.token))

    def visit_autocast(self, node: tree.Autocast, wanted: Type) -> None:
        self.visit(node.operand, LONG)
        for component in node.components:
            if component.index is not None:
                self.visit(component.index, LONG)
        ctype = node.operand.ctype
        if ctype is None:
            self.fail(SemanticError("unknown type in dereference", node.token))
            return
        self.yield_(node, LONG, wanted)
        if node.ctype is None:
            found = resolve_autocast(self.analysis, node)
            if isinstance(found, Deferred):
                self.fail(found.error)
                return
            node.ctype = found.ctype
            node.operand = found  # its components are in it now
            node.components = []
            self.learnt()

    def visit_atperf(self, node: tree.AtPerf, wanted: Type) -> None:
        self.yield_(node, LONG, wanted)

    def visit_atconst(self, node: tree.AtConst, wanted: Type) -> None:
        self.fail(SemanticError(f"unresolved constant '{node.text}'", node.token))

    def visit_atprobewrite(self, node: tree.AtProbewrite, wanted: Type) -> None:
        self.yield_(node, LONG, wanted)

    def visit_atdefined(self, node: tree.AtDefined, wanted: Type) -> None:
        """It is left in a probe point's condition only."""
        self.visit(node.operand, UNKNOWN)
        self.fail(SemanticError("unexpected @defined", node.token))

    def visit_atentry(self, node: tree.AtEntry, wanted: Type) -> None:
        self.fail(SemanticError("@entry is only valid in .return probes", node.token))


def argument_types(node: tree.Print) -> list[Type]:
    """The types that a print's format wants, a star's before its value's."""
    expected: list[Type] = []
    for part in node.format or ():
        if not part.conversion or part.conversion == "%":
            continue
        expected += [LONG] * (part.width_star + part.precision_star)
        expected.append(STRING if part.conversion == "s" else LONG)
    return expected


def _pointer_arithmetic(node: tree.Binary) -> Any:
    """The C type of pointer + number as stap has it: none."""
    return None
