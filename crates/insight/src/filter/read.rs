//! Reading a filter's text with a SQL expression parser, of which only a closed part is taken over.

use std::str::FromStr;

use domain::{Metric, Platform};
use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value as Literal};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use super::{Field, FigureTest, Filter, WordTest};
use crate::InsightError;
use crate::query::Dimension;

/// Longest filter text.
const MOST_CHARACTERS: usize = 4_000;

impl FromStr for Filter {
    type Err = InsightError;

    fn from_str(text: &str) -> Result<Self, InsightError> {
        if text.trim().is_empty() {
            return Ok(Self::All);
        }
        if text.chars().count() > MOST_CHARACTERS {
            return Err(wrong(format!("it is longer than {MOST_CHARACTERS} characters")));
        }
        let mut parser = Parser::new(&GenericDialect {})
            .with_recursion_limit(40)
            .try_with_sql(text)
            .map_err(|error| wrong(format!("'{text}' can't be read: {error}")))?;
        let expression = parser.parse_expr().map_err(|error| {
            wrong(format!(
                "'{text}' can't be read: {error}; write it like platform = google_ads and roas < 1"
            ))
        })?;
        let rest = parser.peek_token();
        if rest.token != sqlparser::tokenizer::Token::EOF {
            return Err(wrong(format!("'{text}' goes on with '{rest}', which does not belong there")));
        }
        read(&expression)
    }
}

fn wrong(remedy: impl Into<String>) -> InsightError {
    InsightError::wrong("filter", remedy)
}

fn read(expression: &Expr) -> Result<Filter, InsightError> {
    match expression {
        Expr::Nested(inner) => read(inner),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => Ok(Filter::Not(Box::new(read(expr)?))),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => join(left, right, Filter::And),
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => join(left, right, Filter::Or),
        Expr::BinaryOp { left, op, right } => compare(left, op, right),
        Expr::InList { expr, list, negated } => {
            let words = list.iter().map(word).collect::<Result<Vec<_>, _>>()?;
            Ok(negate(*negated, words_filter(field(expr)?, WordTest::Is, words)?))
        }
        Expr::Like { negated, expr, pattern, .. } | Expr::ILike { negated, expr, pattern, .. } => {
            Ok(negate(*negated, words_filter(field(expr)?, WordTest::Like, vec![word(pattern)?])?))
        }
        Expr::Between { expr, negated, low, high } => {
            let at_least = compare(expr, &BinaryOperator::GtEq, low)?;
            let at_most = compare(expr, &BinaryOperator::LtEq, high)?;
            Ok(negate(*negated, Filter::And(vec![at_least, at_most])))
        }
        other => Err(wrong(format!(
            "'{other}' is not a condition; use =, <>, <, <=, >, >=, in (...), like, between, joined by and, or, not"
        ))),
    }
}

fn join(left: &Expr, right: &Expr, make: fn(Vec<Filter>) -> Filter) -> Result<Filter, InsightError> {
    let mut parts = Vec::new();
    for side in [read(left)?, read(right)?] {
        let is_same = matches!(
            (&side, make(Vec::new())),
            (Filter::And(_), Filter::And(_)) | (Filter::Or(_), Filter::Or(_))
        );
        match side {
            Filter::And(inner) | Filter::Or(inner) if is_same => parts.extend(inner),
            other => parts.push(other),
        }
    }
    Ok(make(parts))
}

fn negate(negated: bool, filter: Filter) -> Filter {
    if negated { Filter::Not(Box::new(filter)) } else { filter }
}

fn compare(left: &Expr, op: &BinaryOperator, right: &Expr) -> Result<Filter, InsightError> {
    let name = name(left)?;
    if let Ok(metric) = name.parse::<Metric>() {
        let test = match op {
            BinaryOperator::Lt => FigureTest::Less,
            BinaryOperator::LtEq => FigureTest::LessOrEqual,
            BinaryOperator::Eq => FigureTest::Equal,
            BinaryOperator::NotEq => FigureTest::NotEqual,
            BinaryOperator::GtEq => FigureTest::GreaterOrEqual,
            BinaryOperator::Gt => FigureTest::Greater,
            other => {
                return Err(wrong(format!("'{other}' does not compare figures; use =, <>, <, <=, > or >=")));
            }
        };
        return Ok(Filter::Figure { metric, test, bound_e6: number(right)? });
    }
    let filter = words_filter(field(left)?, WordTest::Is, vec![word(right)?])?;
    match op {
        BinaryOperator::Eq => Ok(filter),
        BinaryOperator::NotEq => Ok(negate(true, filter)),
        other => Err(wrong(format!("'{other}' does not compare names; use =, <>, in (...) or like"))),
    }
}

fn words_filter(field: Field, test: WordTest, words: Vec<String>) -> Result<Filter, InsightError> {
    for word in words.iter().filter(|_| test == WordTest::Is) {
        match field {
            Field::Dimension(Dimension::Platform) => {
                word.parse::<Platform>().map_err(|error| wrong(error.to_string()))?;
            }
            Field::Dimension(Dimension::Currency) => {
                word.parse::<domain::Currency>().map_err(|error| wrong(error.to_string()))?;
            }
            Field::CampaignId => {
                word.parse::<u32>()
                    .map_err(|_| wrong(format!("'{word}' is not the number of a campaign")))?;
            }
            _ => {}
        }
    }
    let is_pattern_on_code =
        matches!(field, Field::Dimension(Dimension::Platform | Dimension::Currency) | Field::CampaignId)
            && test == WordTest::Like;
    if is_pattern_on_code {
        return Err(wrong(format!("'{}' has no patterns; use = or in (...)", field.key())));
    }
    Ok(Filter::Words { field, test, words })
}

fn name(expression: &Expr) -> Result<String, InsightError> {
    match expression {
        Expr::Identifier(name) => Ok(name.value.to_lowercase()),
        Expr::Nested(inner) => name(inner),
        other => {
            Err(wrong(format!("'{other}' is not the name of a metric or dimension; write it on the left")))
        }
    }
}

fn field(expression: &Expr) -> Result<Field, InsightError> {
    let name = name(expression)?;
    Field::ALL.into_iter().find(|field| field.key() == name).ok_or_else(|| {
        let known = Field::ALL.map(Field::key).into_iter().chain(Metric::ALL.map(Metric::key));
        wrong(domain::UnknownWord::new("field", &name, known).to_string())
    })
}

/// A word on the right: quoted, or bare as in `platform = google_ads`.
fn word(expression: &Expr) -> Result<String, InsightError> {
    match expression {
        Expr::Identifier(name) => Ok(name.value.clone()),
        Expr::Value(value) => match &value.value {
            Literal::SingleQuotedString(text)
            | Literal::DoubleQuotedString(text)
            | Literal::Number(text, _) => Ok(text.clone()),
            other => Err(wrong(format!("{other} is not a word; put it in single quotes"))),
        },
        Expr::Nested(inner) => word(inner),
        other => Err(wrong(format!("'{other}' is not a word; put it in single quotes"))),
    }
}

/// A number on the right, exactly, in millionths.
fn number(expression: &Expr) -> Result<i64, InsightError> {
    let not_a_number = || wrong(format!("'{expression}' is not a number; write it like 1200 or 0.5"));
    match expression {
        Expr::Nested(inner) => number(inner),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => Ok(-number(expr)?),
        Expr::Value(value) => match &value.value {
            Literal::Number(text, _) => millionths(text).ok_or_else(not_a_number),
            _ => Err(not_a_number()),
        },
        _ => Err(not_a_number()),
    }
}

fn millionths(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 6 || !(whole.to_owned() + fraction).bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
    whole.checked_mul(1_000_000)?.checked_add(fraction)
}
