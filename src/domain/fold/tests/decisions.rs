//! Decisions, and what they lead to.

use super::*;

fn rule(who: &Actor, seconds: i64, verdict: Verdict, reason: &str) -> Fact {
    ordered_by(who, seconds, decide(verdict, reason))
}

/// With findings after an hour, and what else happens.
fn found(more: impl IntoIterator<Item = Fact>) -> Item {
    experiment(std::iter::once(find(HOUR)).chain(more))
}

const LATER: i64 = 2 * HOUR;

#[test]
fn a_decision_needs_analysis_and_findings() {
    let stage = Stage::Active;
    let active = experiment([rule(&lena(), LATER, Verdict::Abandon, "no")]);
    assert_eq!(refused(&active), Refusal::WrongStage { stage });
    for at in ["stage/analysis", "stage/decision"] {
        let waiting = experiment([
            labeled(HOUR, at),
            rule(&lena(), LATER, Verdict::Abandon, "no"),
        ]);
        let rules = vec![Rule::FindingsBeforeDecision];
        let stays = waiting.stage;
        assert_eq!(refused(&waiting), Refusal::Guards { rules, stays });
        assert_eq!(waiting.decision, None);
        let decided = experiment([
            labeled(HOUR, at),
            find(HOUR + 60),
            rule(&lena(), LATER, Verdict::Abandon, "no"),
        ]);
        assert_eq!(last_outcome(&decided), Outcome::Done);
    }
    let mut lax = Policy::default();
    lax.guards.insert(Rule::FindingsBeforeDecision, Level::Warn);
    let facts = active_experiment([
        labeled(HOUR, "stage/analysis"),
        rule(&lena(), LATER, Verdict::Abandon, "no"),
    ]);
    let decided = state(&facts, &lax);
    assert!(decided.decision.is_some());
    assert!(decided.warnings.contains(&Rule::FindingsBeforeDecision));
}

#[test]
fn production_work_and_what_was_closed_otherwise_is_not_decided() {
    let facts = [
        opened("Implement an API", ""),
        rule(&lena(), LATER, Verdict::Abandon, "no"),
    ];
    let kind = Kind::Development;
    assert_eq!(
        refused(&state(&facts, &Policy::default())),
        Refusal::WrongKind { kind }
    );
    let closed = found([
        closed(HOUR + 60, CloseReason::NotPlanned),
        rule(&lena(), LATER, Verdict::Abandon, "no"),
    ]);
    assert_eq!(refused(&closed), Refusal::Closed);
}

#[test]
fn a_decision_is_kept_with_who_and_when_and_closes_as_completed() {
    let item = found([rule(&tom(), LATER, Verdict::Abandon, "too slow")]);
    let decision = item.decision.as_ref().expect("decided");
    assert_eq!((decision.at, &decision.by), (at(LATER), &tom().user));
    assert_eq!(decision.reason, "too slow");
    assert!(item.follow_up_due().is_none());
    let closed = item.closed.as_ref().expect("closed");
    assert_eq!((closed.how, closed.at), (CloseReason::Completed, at(LATER)));
    assert_eq!(item.stage, Stage::Decision);
}

#[test]
fn a_second_decision_is_a_leads_and_the_old_one_stays_on_record() {
    let first = || rule(&tom(), LATER, Verdict::Abandon, "too slow");
    let again = found([
        first(),
        rule(&lena(), LATER + 60, Verdict::Abandon, "too slow"),
    ]);
    assert_eq!(refused(&again), Refusal::DecidedSo(Verdict::Abandon));
    let by_tom = found([
        first(),
        rule(&tom(), LATER + 60, Verdict::Productionize, "fast"),
    ]);
    assert_eq!(refused(&by_tom), Refusal::AlreadyDecided(Verdict::Abandon));
    assert!(by_tom.earlier_decisions.is_empty());

    let revised = found([
        first(),
        rule(&lena(), LATER + 60, Verdict::Productionize, "fast"),
    ]);
    let decision = revised.decision.as_ref().expect("decided");
    assert_eq!(
        (decision.verdict, &decision.by),
        (Verdict::Productionize, &lena().user)
    );
    let [old] = &revised.earlier_decisions[..] else {
        panic!("{:?}", revised.earlier_decisions)
    };
    assert_eq!(
        (old.verdict, old.superseded),
        (Verdict::Abandon, Some(Superseded::Revised))
    );
    // It was over when it was first decided.
    assert_eq!(revised.closed.expect("closed").at, at(LATER));
}

#[test]
fn a_revision_that_asks_for_the_same_opens_nothing_new() {
    let asked = |more: Vec<Fact>| found(more).decision.expect("decided").asked_at;
    let productionize = || rule(&tom(), LATER, Verdict::Productionize, "fast");
    let lead = |seconds, verdict, reason: &str| rule(&lena(), LATER + seconds, verdict, reason);
    let reworded = asked(vec![
        productionize(),
        lead(60, Verdict::Productionize, "very fast"),
    ]);
    assert_eq!(reworded, at(LATER));
    let other = asked(vec![
        productionize(),
        lead(60, Verdict::MoreResearch, "odd"),
    ]);
    assert_eq!(other, at(LATER + 60));
    let back = asked(vec![
        productionize(),
        lead(60, Verdict::Abandon, "slow"),
        lead(120, Verdict::Productionize, "fast after all"),
    ]);
    assert_eq!(back, at(LATER));
    let elsewhere = ordered_by(
        &lena(),
        LATER + 60,
        Order::Decide {
            verdict: Verdict::Productionize,
            elsewhere: Some("acme/api".parse().expect("a name")),
            reason: "fast".to_owned(),
        },
    );
    assert_eq!(asked(vec![productionize(), elsewhere]), at(LATER + 60));
}

#[test]
fn what_was_opened_for_a_decision_is_found_by_it() {
    let opened_for = fact(
        LATER + 30,
        What::FollowedBy {
            asked_at: at(LATER),
            item: ItemAt {
                repo: None,
                number: ItemNumber(90),
            },
        },
    );
    let productionize = || rule(&tom(), LATER, Verdict::Productionize, "fast");
    assert!(found([productionize()]).follow_up_due().is_some());
    let item = found([productionize(), opened_for.clone()]);
    assert!(item.follow_up_due().is_none());
    let decision = item.decision.clone().expect("decided");
    assert_eq!(
        item.follow_up(&decision).map(|it| it.number),
        Some(ItemNumber(90))
    );
    // Given up, and taken up again: still that one.
    let back = found([
        productionize(),
        opened_for,
        rule(&lena(), LATER + 60, Verdict::Abandon, "slow"),
        rule(
            &lena(),
            LATER + 90,
            Verdict::Productionize,
            "fast after all",
        ),
    ]);
    assert!(back.follow_up_due().is_none());
}

#[test]
fn a_reopened_item_is_decided_anew_and_what_was_decided_stays_on_record() {
    let reopened = || {
        vec![
            rule(&tom(), LATER, Verdict::Productionize, "fast"),
            fact(LATER + 60, What::Reopened),
        ]
    };
    let item = found(reopened());
    assert_eq!(
        (item.decision.as_ref(), item.stage),
        (None, Stage::Analysis)
    );
    let [old] = &item.earlier_decisions[..] else {
        panic!("{:?}", item.earlier_decisions)
    };
    assert_eq!(old.superseded, Some(Superseded::Reopened));
    // Anybody with triage decides now, and what follows is asked for anew.
    let mut again = reopened();
    again.push(rule(&tom(), LATER + 90, Verdict::Productionize, "fast"));
    let decision = found(again).decision.expect("decided");
    assert_eq!(
        (decision.at, decision.asked_at),
        (at(LATER + 90), at(LATER + 90))
    );
}

fn link(repo: Option<&str>, number: u64, hours: u32) -> Link {
    Link {
        item: ItemAt {
            repo: repo.map(|repo| repo.parse().expect("a name")),
            number: ItemNumber(number),
        },
        spent: WorkTime::from_hours(hours),
    }
}

fn came_out_of(links: Vec<Link>, verdict: Verdict) -> Fact {
    let item = links.last().expect("a link").item.clone();
    fact(
        1,
        What::FollowsUp(Box::new(Origin {
            item,
            title: "Experiment: BERT, the first".to_owned(),
            verdict,
            decided_at: at(-HOUR),
            chain: Chain(links),
            question: None,
        })),
    )
}

#[test]
fn the_third_link_of_a_chain_is_for_a_lead_to_ask_for() {
    let more = |who: &Actor| rule(who, LATER, Verdict::MoreResearch, "why?");
    // The second link anybody may ask for.
    assert_eq!(last_outcome(&found([more(&tom())])), Outcome::Done);
    let second = || came_out_of(vec![link(None, 40, 12)], Verdict::MoreResearch);
    let by_tom = found([second(), more(&tom())]);
    assert_eq!(refused(&by_tom), Refusal::LongChain { links: 2 });
    assert_eq!(by_tom.decision, None);
    assert_eq!(
        last_outcome(&found([second(), more(&lena())])),
        Outcome::Done
    );
    // To end it needs no lead.
    for verdict in [Verdict::Abandon, Verdict::Productionize] {
        let ended = found([second(), rule(&tom(), LATER, verdict, "so")]);
        assert_eq!(last_outcome(&ended), Outcome::Done);
    }
}

#[test]
fn a_chain_adds_up_what_was_spent_from_its_origin_on() {
    let links = vec![link(Some("acme/lab"), 7, 20), link(None, 40, 12)];
    let item = found([came_out_of(links, Verdict::MoreResearch)]);
    // An hour until the findings; the box was stopped by them.
    let chain = item.chain(at(100 * HOUR));
    assert_eq!(chain.len(), 3);
    assert_eq!(chain.spent(), WorkTime::from_hours(33));
    assert_eq!(item.foundation_numbers(), [ItemNumber(40)]);
}

#[test]
fn a_chain_is_also_known_by_what_an_item_says_it_builds_on() {
    let builds_on = || ordered(1, Order::BuildsOn(vec![ItemNumber(40), ItemNumber(41)]));
    let stands = |number, decided, links: Vec<Link>| {
        fact(
            2,
            What::Foundation {
                number: ItemNumber(number),
                kind: Some(Kind::Research),
                decided,
                chain: Chain(links),
            },
        )
    };
    let long = || vec![link(None, 30, 5), link(None, 40, 12)];
    let chain = |facts: Vec<Fact>| found(facts).chain(at(100 * HOUR));
    let asked = Some(Verdict::MoreResearch);
    let known = chain(vec![
        builds_on(),
        stands(40, asked, long()),
        stands(41, asked, vec![link(None, 41, 1)]),
    ]);
    assert_eq!((known.len(), known.spent()), (3, WorkTime::from_hours(18)));
    // What was decided otherwise asked for nothing.
    for decided in [None, Some(Verdict::Abandon), Some(Verdict::Productionize)] {
        assert_eq!(
            chain(vec![builds_on(), stands(40, decided, long())]).len(),
            1
        );
    }
    // Nor did what it does not build on.
    assert_eq!(chain(vec![stands(40, asked, long())]).len(), 1);
}

#[test]
fn boxes_of_a_former_kind_are_part_of_what_was_spent() {
    let item = experiment([
        labeled(3 * HOUR, "kind/research"),
        labeled(3 * HOUR + 1, "stage/active"),
    ]);
    let spent = item.chain(at(5 * HOUR)).spent();
    assert_eq!(spent.seconds(), 5 * HOUR - 1);
}

#[test]
fn what_a_productionize_decision_opens_is_a_prototype_until_it_has_one_firm_number() {
    let origin = || came_out_of(vec![link(None, 40, 12)], Verdict::Productionize);
    let development = |more: Vec<Fact>| {
        let mut facts = vec![opened("Implement an API", "- [ ] endpoint"), origin()];
        facts.extend(more);
        state(&facts, &Policy::default())
    };
    let points = |low, high| ordered(60, Order::Points(Points { low, high }));
    assert_eq!(development(vec![]).phase, Some(Phase::Prototype));
    assert_eq!(
        development(vec![points(5, 8)]).phase,
        Some(Phase::Prototype)
    );
    assert_eq!(
        development(vec![points(5, 5)]).phase,
        Some(Phase::Productionize)
    );
    assert_eq!(
        development(vec![labeled(60, "points/5")]).phase,
        Some(Phase::Productionize)
    );
    // A phase that somebody has set stays.
    let asked = || ordered(0, Order::Phase(Phase::Productionize));
    assert_eq!(development(vec![asked()]).phase, Some(Phase::Productionize));

    let warns = |item: &Item| item.warnings.contains(&Rule::DevelopmentNeedsPoints);
    assert!(warns(&development(vec![])));
    assert!(!warns(&development(vec![points(5, 8)])));
    assert!(warns(&development(vec![asked(), points(5, 8)])));
    assert!(!warns(&development(vec![asked(), points(5, 5)])));
    // What more research opens is no prototype.
    let next = found([came_out_of(vec![link(None, 40, 12)], Verdict::MoreResearch)]);
    assert_eq!(next.phase, None);
}

#[test]
fn which_of_two_decisions_was_heard_of_first_makes_no_second_issue() {
    let first = || rule(&tom(), LATER, Verdict::Productionize, "it wins");
    let second = || rule(&lena(), LATER + 5, Verdict::Productionize, "it wins by far");
    // The second was heard of alone, and its issue opened.
    let alone = found([second()]);
    let asked_at = alone.follow_up_due().expect("an issue is due").asked_at;
    let opened = || {
        fact(
            LATER + 5,
            What::FollowedBy {
                asked_at,
                item: ItemAt {
                    repo: None,
                    number: ItemNumber(57),
                },
            },
        )
    };
    let both = found([second(), opened(), first()]);
    assert!(both.follow_up_due().is_none());
    let decision = both.decision.as_ref().expect("decided");
    assert_eq!(
        both.follow_up(decision).map(|it| it.number),
        Some(ItemNumber(57))
    );
}
