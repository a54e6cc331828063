//! Policies as teams write them, and what is said of their mistakes.

mod keys;
mod layers;
mod mistakes;
mod properties;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::policy::{ExtendedBy, GateChange, Level, Member, Rule, schema};
use crate::domain::yaml::{self, Written};

const EXAMPLE: &str = include_str!("../../../../config/policy.example.yml");

fn layer(text: &str) -> Layer<'_> {
    Layer {
        origin: "labhand.yml",
        text,
    }
}

fn good(text: &str) -> Policy {
    parse(&[layer(text)]).unwrap_or_else(|errors| panic!("{text}: {errors:#?}"))
}

fn over(organisation: &str, own: &str) -> Policy {
    parse(&[layer(organisation), layer(own)])
        .unwrap_or_else(|errors| panic!("{organisation} / {own}: {errors:#?}"))
}

fn complaints(text: &str) -> String {
    match parse(&[layer(text)]) {
        Ok(_) => "a good policy".to_owned(),
        Err(errors) => errors
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

fn first_complaint(text: &str) -> String {
    complaints(text)
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}
