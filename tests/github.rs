//! The client and the payloads against the stand-in for GitHub: what one writes the other shows,
//! what one sends the other understands, as an App and with a token.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use labhand::domain::actor::{Permission, User};
use labhand::domain::fact::{CloseReason, What};
use labhand::domain::ids::{
    CommentId, CommitSha, InstallationId, ItemNumber, Login, RepoId, UserId,
};
use labhand::forge::github::{GitHub, OnCall, payload};
use labhand::forge::{
    Call, CallError, Check, Conclusion, Done, Forge, Happening, LabelSpec, Reaction, RepoRef, Slot,
};
use labhand::sim::{Answer, Fault, Selection, Sim, SimOptions};
use secrecy::SecretString;

const REPO: &str = "acme/fraud";

fn unwatched() -> OnCall {
    Arc::new(|_| ())
}

/// A stand-in with one repository, and the bot's way to it as an App.
async fn as_app() -> (Sim, GitHub, RepoRef) {
    let gh = stage().await;
    let installation = gh.install("acme", Selection::Only(&[REPO]));
    let pem = SecretString::from(gh.private_key_pem().to_owned());
    let forge = GitHub::app(gh.url(), gh.app_id(), &pem, unwatched()).expect("the App's key");
    let repo = repo(&gh, InstallationId(installation));
    (gh, forge, repo)
}

/// The same with the machine account's token, at the address that Enterprise would have.
async fn with_token() -> (Sim, GitHub, RepoRef) {
    let gh = stage().await;
    gh.collaborator(REPO, "labhand-machine", "write");
    let token = SecretString::from(gh.token().to_owned());
    let url = format!("{}/api/v3", gh.url());
    let forge = GitHub::token(&url, &token, unwatched()).expect("a token");
    let repo = repo(&gh, InstallationId(0));
    (gh, forge, repo)
}

async fn stage() -> Sim {
    let gh = Sim::start(SimOptions::default()).await.expect("a port");
    gh.org("acme");
    for login in ["mira", "jonas"] {
        gh.user(login);
    }
    gh.repo(REPO);
    gh.team("acme/data-science", &["mira"]);
    gh.collaborator(REPO, "mira", "triage");
    gh
}

fn repo(gh: &Sim, installation: InstallationId) -> RepoRef {
    RepoRef {
        installation,
        id: RepoId(gh.repo_id(REPO)),
        name: REPO.parse().expect("a name"),
    }
}

fn user(gh: &Sim, login: &str) -> User {
    User {
        id: UserId(gh.user_id(login)),
        login: Login::new(login),
    }
}

fn status_comment(number: ItemNumber) -> Call {
    let slot = Slot("status".to_owned());
    Call::CreateComment {
        number,
        body: format!("### 🧪 Experiment\n{}", slot.marker()),
        slot,
    }
}

fn comment_of(done: Result<Done, CallError>) -> CommentId {
    match done {
        Ok(Done::Comment(made)) => made.id,
        other => panic!("no comment: {other:?}"),
    }
}

/// Everything that is written is there, and everything that is read is true.
async fn writes_and_reads(gh: &Sim, forge: &GitHub, repo: &RepoRef) {
    let mira = gh.as_user(REPO, "mira");
    let number = mira.open_issue("Compare BERT vs GPT-2").body("text").send();
    let shown = || gh.issue(REPO, number);

    let label = LabelSpec {
        name: "stage/active".to_owned(),
        color: "1f6feb".to_owned(),
        description: "Work is going on".to_owned(),
    };
    let create = Call::CreateLabel(label.clone());
    let created = forge.perform(repo, &create).await.expect("a label");
    assert_eq!(forge.perform(repo, &create).await, Ok(created.clone()));
    let labels = forge.labels(repo).await.expect("labels");
    assert!(
        labels
            .iter()
            .any(|(id, spec)| Done::Label(*id) == created && *spec == label)
    );

    let name = label.name.clone();
    let add = Call::AddLabels {
        number,
        labels: vec![name.clone()],
    };
    forge.perform(repo, &add).await.expect("added");
    assert_eq!(shown().labels, ["stage/active"]);
    let remove = Call::RemoveLabel {
        number,
        label: name,
    };
    for _ in 0..2 {
        forge.perform(repo, &remove).await.expect("taken off");
        assert_eq!(shown().labels, [""; 0]);
    }

    let comment = comment_of(forge.perform(repo, &status_comment(number)).await);
    let body = "### 🧪 Experiment · Active".to_owned();
    let edit = Call::EditComment {
        comment,
        body: body.clone(),
    };
    forge.perform(repo, &edit).await.expect("edited");
    assert_eq!(forge.comment(repo, comment).await, Ok(body));
    mira.edit_comment(comment, "somebody else's words");

    for comment in [Some(comment), None] {
        let reaction = Reaction::Rocket;
        let react = Call::React {
            number,
            comment,
            reaction,
        };
        for _ in 0..2 {
            forge.perform(repo, &react).await.expect("a reaction");
        }
    }

    let how = CloseReason::NotPlanned;
    forge
        .perform(repo, &Call::Close { number, how })
        .await
        .expect("closed");
    let now = forge.issue(repo, number).await.expect("the issue");
    assert_eq!(
        (now.snapshot.closed, now.snapshot.is_pull),
        (Some(how), false)
    );
    assert_eq!(now.snapshot.author, user(gh, "mira"));
    forge
        .perform(repo, &Call::Reopen { number })
        .await
        .expect("opened again");
    assert!(shown().open);

    let slot = Slot("board".to_owned());
    let board = Call::CreateIssue {
        title: "Board".to_owned(),
        body: format!("## Board\n{}", slot.marker()),
        labels: vec!["labhand/board".to_owned()],
        slot,
    };
    let created = forge.perform(repo, &board).await.expect("an issue");
    let Done::Issue(board) = created else {
        panic!("{created:?}")
    };
    let body = "## The board".to_owned();
    forge
        .perform(
            repo,
            &Call::EditIssue {
                number: board,
                body,
            },
        )
        .await
        .expect("edited");
    assert_eq!(gh.issue(REPO, board).body, "## The board");

    reads(gh, forge, repo, number).await;
}

/// What people made is read as it is.
async fn reads(gh: &Sim, forge: &GitHub, repo: &RepoRef, number: ItemNumber) {
    let mira = gh.as_user(REPO, "mira");
    let pull = mira.open_pull("Ship it").body(&format!("Closes #{number}"));
    let pull = pull
        .branch("ship")
        .files(&[("models/fraud.onnx", "x")])
        .send();
    let paths = forge.changed_paths(repo, pull).await;
    assert_eq!(paths, Ok(vec!["models/fraud.onnx".to_owned()]));

    assert_eq!(
        forge.file(repo, &repo.name, ".github/labhand.yml").await,
        Ok(None)
    );
    mira.write_file(".github/labhand.yml", "enabled: true\n");
    let file = forge.file(repo, &repo.name, ".github/labhand.yml").await;
    assert_eq!(file, Ok(Some("enabled: true\n".to_owned())));
    let now = forge.repository(repo).await.expect("the repository");
    assert_eq!((now.name.to_string().as_str(), now.private), (REPO, true));

    let permission = forge.permission(repo, &user(gh, "mira")).await;
    assert_eq!(permission, Ok(Permission::Triage));
    let permission = forge.permission(repo, &user(gh, "jonas")).await;
    assert_eq!(permission, Ok(Permission::None));
}

fn check(gh: &Sim, pull: ItemNumber) -> Check {
    Check {
        name: "labhand/handoff".to_owned(),
        sha: CommitSha::new(&gh.head(REPO, pull)),
        number: pull,
        conclusion: Conclusion::Failure,
        title: "8 of 14 signed".to_owned(),
        summary: "Waiting for engineering.".to_owned(),
        annotations: Vec::new(),
        buttons: Vec::new(),
        comment: None,
    }
}

#[tokio::test]
async fn an_app_writes_and_reads() {
    let (gh, forge, repo) = as_app().await;
    writes_and_reads(&gh, &forge, &repo).await;

    let is_in = |team, login| {
        let user = user(&gh, login);
        let (forge, repo) = (&forge, &repo);
        async move { forge.in_team(repo, team, &user).await }
    };
    assert_eq!(is_in("acme/data-science", "mira").await, Ok(true));
    assert_eq!(is_in("acme/data-science", "jonas").await, Ok(false));
    assert!(matches!(
        is_in("acme/nobody", "mira").await,
        Err(CallError::Missing(_))
    ));

    let mira = gh.as_user(REPO, "mira");
    let pull = mira
        .open_pull("Ship it")
        .branch("b")
        .files(&[("a", "b")])
        .send();
    let check = check(&gh, pull);
    let write = |existing| Call::WriteCheck {
        existing,
        check: check.clone(),
    };
    let created = forge
        .perform(&repo, &write(None))
        .await
        .expect("a check run");
    assert_eq!(
        forge.find(&repo, &write(None)).await,
        Ok(Some(created.clone()))
    );
    let Done::Check(id) = created else {
        panic!("{created:?}")
    };
    assert_eq!(
        forge.perform(&repo, &write(Some(id))).await,
        Ok(Done::Check(id))
    );
    assert_eq!(gh.checks(REPO, check.sha.as_str()).len(), 1);
}

#[tokio::test]
async fn an_app_reads_milestones_maintainers_and_teams_page_by_page() {
    let (gh, forge, repo) = as_app().await;
    let mira = gh.as_user(REPO, "mira");
    let due = "2026-12-04T12:00:00Z".parse().expect("an instant");
    for number in 1..=101 {
        mira.milestone(&format!("Sprint {number}"), Some(due));
    }
    mira.describe_milestone(101, "Starts: 2026-11-23");
    mira.close_milestone(101);
    let milestones = forge.milestones(&repo).await.expect("milestones");
    assert_eq!(milestones.len(), 101);
    let (last, changed) = milestones.last().expect("the last");
    assert_eq!((last.number, last.title.as_str()), (101, "Sprint 101"));
    assert_eq!(last.due, Some(date(2026, 12, 4)));
    assert_eq!(last.starts, Some(date(2026, 11, 23)));
    assert_eq!(last.closed_at, Some(*changed));
    assert!(
        milestones
            .iter()
            .take(100)
            .all(|(it, _)| it.closed_at.is_none())
    );

    gh.bot("renovate[bot]");
    gh.collaborator(REPO, "renovate[bot]", "admin");
    gh.user("lena");
    gh.collaborator(REPO, "jonas", "write");
    gh.collaborator(REPO, "lena", "admin");
    let logins: Vec<String> = (0..101).map(|number| format!("lead-{number}")).collect();
    for login in &logins {
        gh.user(login);
        gh.collaborator(REPO, login, "maintain");
    }
    let maintainers = forge.maintainers(&repo).await.expect("maintainers");
    assert_eq!(maintainers.len(), 102);
    assert!(maintainers.contains(&user(&gh, "lena")));

    let members: Vec<&str> = logins.iter().map(String::as_str).collect();
    gh.team("acme/leads", &members);
    let read = forge.team_members(&repo, "acme/leads").await;
    assert_eq!(read.expect("members").len(), 101);
    let missing = forge.team_members(&repo, "acme/nobody").await;
    assert!(matches!(missing, Err(CallError::Missing(_))), "{missing:?}");
}

#[tokio::test]
async fn a_moved_issue_is_missing_and_its_delivery_says_where_it_is() {
    let (gh, forge, repo) = with_token().await;
    gh.repo("acme/tickets");
    gh.collaborator("acme/tickets", "labhand-machine", "write");
    gh.repository_hook(REPO);
    let mira = gh.as_user(REPO, "mira");
    let number = mira.open_issue("Explore X").send();
    let status = comment_of(forge.perform(&repo, &status_comment(number)).await);
    gh.take_deliveries();
    let there = mira.transfer(number, "acme/tickets");
    let missing = forge.issue(&repo, number).await;
    assert!(matches!(missing, Err(CallError::Missing(_))), "{missing:?}");
    let missing = forge.comment(&repo, status).await;
    assert!(matches!(missing, Err(CallError::Missing(_))), "{missing:?}");

    let [transferred] = &gh.take_deliveries()[..] else {
        panic!("one repository has a hook")
    };
    let read = payload::read("issues", transferred.body.as_bytes(), Timestamp::MAX);
    let heard = read.expect("a readable payload").heard;
    let to = RepoId(gh.repo_id("acme/tickets"));
    assert_eq!(heard[0].what, Happening::Item(What::Gone));
    assert_eq!(heard[1].what, Happening::Transferred { to, number: there });
}

#[tokio::test]
async fn a_token_writes_and_reads() {
    let (gh, forge, repo) = with_token().await;
    writes_and_reads(&gh, &forge, &repo).await;

    let mira = gh.as_user(REPO, "mira");
    let pull = mira
        .open_pull("Ship it")
        .branch("b")
        .files(&[("a", "b")])
        .send();
    let check = check(&gh, pull);
    let write = Call::WriteCheck {
        existing: None,
        check: check.clone(),
    };
    assert_eq!(forge.perform(&repo, &write).await, Ok(Done::Check(0)));
    assert_eq!(gh.statuses(REPO, check.sha.as_str()).len(), 1);
}

#[tokio::test]
async fn a_comment_whose_answer_was_lost_is_found_and_not_written_twice() {
    let (gh, forge, repo) = with_token().await;
    let number = gh.as_user(REPO, "mira").open_issue("Explore X").send();
    let call = status_comment(number);
    // Somebody copied the marker: that is not ours.
    let copied = format!("look: {}", Slot("status".to_owned()).marker());
    gh.as_user(REPO, "mira").comment(number, &copied);

    let lost = |answer| {
        Fault::new()
            .method("POST")
            .path_contains("/comments")
            .answer(answer)
    };
    gh.fault(lost(Answer::DropBefore));
    let error = forge.perform(&repo, &call).await.expect_err("lost");
    assert!(matches!(error, CallError::Lost(_)), "{error:?}");
    assert_eq!(forge.find(&repo, &call).await, Ok(None));

    for answer in [Answer::LostAnswer, Answer::BadGatewayAfterActing] {
        gh.fault(lost(answer));
        let error = forge.perform(&repo, &call).await.expect_err("lost");
        assert!(matches!(error, CallError::Lost(_)), "{error:?}");
        let found = comment_of(
            forge
                .find(&repo, &call)
                .await
                .map(|done| done.expect("found")),
        );
        gh.as_user(REPO, "mira").delete_comment(found);
    }
}

#[tokio::test]
async fn an_issue_of_our_own_is_found_again() {
    let (_gh, forge, repo) = with_token().await;
    let slot = Slot("board".to_owned());
    let board = Call::CreateIssue {
        title: "Board".to_owned(),
        body: slot.marker(),
        labels: Vec::new(),
        slot,
    };
    assert_eq!(forge.find(&repo, &board).await, Ok(None));
    let created = forge.perform(&repo, &board).await.expect("an issue");
    assert_eq!(forge.find(&repo, &board).await, Ok(Some(created)));
}

#[tokio::test]
async fn limits_are_told_with_and_without_headers() {
    let (gh, forge, repo) = as_app().await;
    let limited = |seconds| Err(CallError::Limited { seconds });
    for (answer, seconds) in [
        (Answer::secondary_limit(Some(17)), 17),
        (Answer::secondary_limit(None).without_rate_headers(), 60),
        (Answer::status(429).without_rate_headers(), 60),
    ] {
        gh.fault(Fault::new().path_contains("/labels").answer(answer));
        assert_eq!(forge.labels(&repo).await, limited(seconds));
    }
    gh.fault(
        Fault::new()
            .path_contains("/labels")
            .answer(Answer::status(403)),
    );
    let refused = forge.labels(&repo).await;
    assert!(
        matches!(refused, Err(CallError::Refused { status: 403, .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn everything_that_the_stand_in_tells_is_understood() {
    let (gh, forge, repo) = as_app().await;
    writes_and_reads(&gh, &forge, &repo).await;
    let mira = gh.as_user(REPO, "mira");
    let number = mira
        .open_issue("Explore Y")
        .labels(&["kind/research"])
        .send();
    let milestone = mira.milestone("Sprint 12", Some(gh.now()));
    mira.set_milestone(number, milestone);
    mira.assign(number, "mira");
    mira.rename(number, "Explore Z");
    mira.edit_text(number, "other");
    let comment = mira.comment(number, "/status");
    mira.edit_comment(comment, "/help");
    mira.delete_comment(comment);
    mira.rename_label("kind/research", "research");
    mira.delete_label("research");
    mira.close(number);
    let pull = mira
        .open_pull("Ship")
        .branch("c")
        .files(&[("c", "d")])
        .draft()
        .send();
    mira.ready(pull);
    mira.push(pull, &[("c", "e")]);
    mira.enqueue(pull);
    mira.merge(pull);
    gh.repo("acme/tickets");
    mira.transfer(number, "acme/tickets");
    mira.close_milestone(milestone);
    mira.delete_milestone(milestone);
    let gone = mira.open_issue("Explore W").send();
    mira.delete_issue(gone);
    gh.uninstall("acme");

    let deliveries = gh.take_deliveries();
    assert!(
        deliveries.len() > 30,
        "only {} deliveries",
        deliveries.len()
    );
    for delivery in deliveries {
        let read = payload::read(&delivery.event, delivery.body.as_bytes(), Timestamp::MAX);
        let read = read.unwrap_or_else(|error| panic!("{error}: {}", delivery.body));
        assert!(read.known, "{}.{:?}", delivery.event, delivery.action);
        assert_eq!(read.action, delivery.action);
    }
}
