//! Evaluating an expression.

use github_actions_expressions::call::{Call, Function};
use github_actions_expressions::context::Context;
use github_actions_expressions::literal::Literal;
use github_actions_expressions::op::{BinExpr, BinOp};
use github_actions_expressions::{Evaluation, Expr, SpannedExpr};

use super::compare::{equal, in_all, number, starts_with};
use super::template::{Part, parts};
use super::value::{Carries, Known, Truth, Value};
use super::{Contexts, template};

/// What is known of an expression: what stands between `${{` and `}}`.
pub fn evaluate(text: &str, contexts: &dyn Contexts) -> Value {
    match Expr::parse(text) {
        Ok(expression) => value(&expression, contexts),
        // One that cannot be read may say anything.
        Err(_) => {
            let lower = text.to_ascii_lowercase();
            let token = lower.contains("github_token") || lower.contains("github.token");
            Value { known: Known::Hidden, carries: Carries { token, other: true } }
        }
    }
}

/// Whether an `if:` holds. It is an expression, with or without `${{ }}` around it.
pub fn condition(text: &str, contexts: &dyn Contexts) -> Truth {
    match parts(text.trim())[..] {
        [] => Truth::Yes,
        [Part::Literal(text) | Part::Expression(text)] => evaluate(text, contexts).known.truth(),
        _ => template(text, contexts).known.truth(),
    }
}

fn value(expression: &SpannedExpr<'_>, contexts: &dyn Contexts) -> Value {
    match &expression.inner {
        Expr::Literal(literal) => match literal {
            Literal::Null => Known::Null,
            Literal::Boolean(value) => Known::Boolean(*value),
            Literal::Number(number) => Known::Number(*number),
            Literal::String(text) => Known::Text(text.to_string()),
        }
        .into(),
        Expr::Context(context) => named(context, contexts),
        Expr::Call(call) => match expression.consteval() {
            Some(constant) => constant_value(constant),
            None => called(call, contexts),
        },
        Expr::UnExpr { expr, .. } => match value(expr, contexts).known.truth() {
            Truth::Yes => Known::Boolean(false),
            Truth::No => Known::Boolean(true),
            Truth::Varies => Known::Varies,
            Truth::Hidden => Known::Hidden,
        }
        .into(),
        Expr::BinExpr(binary) => combined(binary, contexts),
        Expr::Star | Expr::Identifier(_) | Expr::Index(_) => Known::Hidden.into(),
    }
}

fn named(context: &Context<'_>, contexts: &dyn Contexts) -> Value {
    let name: Option<Vec<_>> = context
        .parts
        .iter()
        .map(|part| match &part.inner {
            Expr::Identifier(name) => Some(name.as_str()),
            Expr::Star => Some("*"),
            Expr::Index(index) => match &index.inner {
                Expr::Literal(Literal::String(name)) => Some(name.as_ref()),
                _ => Some("*"),
            },
            _ => None,
        })
        .collect();
    match name {
        Some(name) => contexts.look_up(&name),
        // A part of what a function gives: whatever went in may come out.
        None => {
            let inner = context.parts.first().map(|part| value(part, contexts));
            let carries = inner.map_or(Carries::default(), |inner| inner.carries);
            Value { known: Known::Hidden, carries }
        }
    }
}

fn combined(binary: &BinExpr<'_>, contexts: &dyn Contexts) -> Value {
    let left = value(&binary.lhs, contexts);
    match (&binary.op, left.known.truth()) {
        (BinOp::And, Truth::No) | (BinOp::Or, Truth::Yes) => return left,
        (BinOp::And, Truth::Yes) | (BinOp::Or, Truth::No) => {
            return value(&binary.rhs, contexts);
        }
        _ => {}
    }
    let right = value(&binary.rhs, contexts);
    let (one, other) = (&left.known, &right.known);
    let unknown = || Known::unknown(one, other);
    match binary.op {
        BinOp::And => {
            let known = if other.truth() == Truth::No { other.clone() } else { unknown() };
            Value { known, carries: right.carries }
        }
        BinOp::Or => {
            let known = if other.truth() == Truth::Yes { Known::Given } else { unknown() };
            Value { known, carries: left.carries.or(right.carries) }
        }
        BinOp::Eq => {
            // That it is just this value, among all that it may be, is not to be counted on.
            let unlikely = || match (one, other) {
                (Known::Varies, _) | (_, Known::Varies) => Known::Hidden,
                _ => unknown(),
            };
            equal(one, other).map_or_else(unlikely, Known::Boolean).into()
        }
        BinOp::Neq => equal(one, other).map_or_else(unknown, |equal| Known::Boolean(!equal)).into(),
        BinOp::Gt | BinOp::Ge | BinOp::Lt | BinOp::Le => {
            let order = number(one).zip(number(other));
            let holds = order.map(|(one, other)| match binary.op {
                BinOp::Gt => one > other,
                BinOp::Ge => one >= other,
                BinOp::Lt => one < other,
                _ => one <= other,
            });
            holds.map_or_else(unknown, Known::Boolean).into()
        }
    }
}

fn called(call: &Call<'_>, contexts: &dyn Contexts) -> Value {
    let argument = |position: usize| {
        call.args.get(position).map_or_else(|| Known::Null.into(), |it| value(it, contexts))
    };
    match call.func {
        Function::Always => Known::Boolean(true).into(),
        Function::Success | Function::Failure | Function::Cancelled | Function::HashFiles => {
            Known::Varies.into()
        }
        Function::Contains => contains(call, contexts).into(),
        Function::StartsWith => {
            let (text, start) = (argument(0).known, argument(1).known);
            let holds = in_all(&text, |text| match (text.text()?, start.text()?) {
                ((text, whole), (start, true)) => {
                    let holds = starts_with(&text, &start);
                    (holds || whole || !starts_with(&start, &text)).then_some(holds)
                }
                _ => None,
            });
            holds.map_or_else(|| Known::unknown(&text, &start), Known::Boolean).into()
        }
        Function::EndsWith => {
            let (text, end) = (argument(0).known, argument(1).known);
            let holds = in_all(&text, |text| match (text.text()?, end.text()?) {
                ((text, true), (end, true)) => {
                    Some(text.to_lowercase().ends_with(&end.to_lowercase()))
                }
                _ => None,
            });
            holds.map_or_else(|| Known::unknown(&text, &end), Known::Boolean).into()
        }
        // What goes in may come out, in one form or another.
        Function::Format | Function::Join | Function::ToJSON | Function::FromJSON => {
            let inner = call.args.iter().map(|argument| value(argument, contexts));
            let carries = inner.fold(Carries::default(), |all, one| all.or(one.carries));
            Value { known: Known::Varies, carries }
        }
        Function::Case => {
            let values = call.args.iter().skip(1).step_by(2).chain(call.args.last());
            let values: Vec<_> = values.map(|argument| value(argument, contexts)).collect();
            let carries = values.iter().fold(Carries::default(), |all, one| all.or(one.carries));
            Value { known: Known::Hidden, carries }
        }
    }
}

fn constant_value(constant: Evaluation) -> Value {
    match constant {
        Evaluation::Null => Known::Null,
        Evaluation::Boolean(value) => Known::Boolean(value),
        Evaluation::Number(number) => Known::Number(number),
        Evaluation::String(text) => Known::Text(text),
        Evaluation::Array(_) | Evaluation::Object(_) => Known::Given,
    }
    .into()
}

/// Whether a text holds another, or a list an item.
fn contains(call: &Call<'_>, contexts: &dyn Contexts) -> Known {
    let [whole, part] = &call.args[..] else { return Known::Hidden };
    let part = value(part, contexts).known;
    if let Some(Evaluation::Array(items)) = whole.consteval() {
        let found: Vec<_> =
            items.into_iter().map(|item| equal(&constant_value(item).known, &part)).collect();
        return match (found.contains(&Some(true)), found.contains(&None)) {
            (true, _) => Known::Boolean(true),
            (false, false) => Known::Boolean(false),
            (false, true) => Known::unknown(&part, &part),
        };
    }
    let whole = value(whole, contexts).known;
    let holds = in_all(&whole, |whole| match (whole.text()?, part.text()?) {
        ((text, is_all), (part, true)) => {
            let holds = text.to_lowercase().contains(&part.to_lowercase());
            (holds || is_all).then_some(holds)
        }
        _ => None,
    });
    holds.map_or_else(|| Known::unknown(&whole, &part), Known::Boolean)
}
