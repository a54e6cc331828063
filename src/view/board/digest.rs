//! When the board is posted as a comment too (`board.digest` of the policy).

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::super::Context;
use crate::domain::policy::Digest;

/// A digest that could not be posted within this time is left out: the next one will be truer.
const TOO_LATE: SignedDuration = SignedDuration::from_hours(12);

/// The digest that fell due lately, if one did.
pub(super) fn last_due(ctx: &Context<'_>) -> Option<Timestamp> {
    let digest = ctx.policy.digest?;
    let today = ctx.policy.calendar.date_of(ctx.now);
    let at = (0..=7)
        .filter_map(|days| today.checked_sub(days.days()).ok())
        .filter(|day| is_day(*day, digest))
        .filter_map(|day| instant(day, digest, ctx))
        .find(|at| *at <= ctx.now)?;
    (ctx.now.duration_since(at) <= TOO_LATE).then_some(at)
}

/// The next one.
pub(super) fn next(ctx: &Context<'_>) -> Option<Timestamp> {
    let today = ctx.policy.calendar.date_of(ctx.now);
    let digest = ctx.policy.digest?;
    (0..=7)
        .filter_map(|days| today.checked_add(days.days()).ok())
        .filter(|day| is_day(*day, digest))
        .filter_map(|day| instant(day, digest, ctx))
        .find(|at| *at > ctx.now)
}

fn is_day(day: Date, digest: Digest) -> bool {
    day.weekday().to_monday_one_offset() == digest.weekday
}

fn instant(day: Date, digest: Digest, ctx: &Context<'_>) -> Option<Timestamp> {
    let local = day.to_datetime(digest.time);
    let zoned = local.to_zoned_datetime(ctx.policy.calendar.zone()).ok()?;
    Some(zoned.timestamp())
}
