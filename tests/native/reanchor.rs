//! Passages find their place in another revision, or are lost; they never land on other words.
use concord::model::anchor::{Outcome, Reanchoring};
use concord::model::text::{Span, normalized};

use crate::cases::{Case, KINDS, Kind, Tongue, case, document};

#[derive(Debug, Default)]
struct Tally {
    right: usize,
    edges: usize,
    wrong: usize,
    lost_but_present: usize,
    deleted: usize,
    deleted_lost: usize,
    total: usize,
}

fn share(a: Span, b: Span) -> f64 {
    let both = a.end.0.min(b.end.0).saturating_sub(a.start.0.max(b.start.0));
    f64::from(both) / f64::from(a.len() + b.len() - both)
}

fn judged(case: &Case) -> (Tally, std::time::Duration) {
    let start = std::time::Instant::now();
    let (old, new) = (document(&case.old), document(&case.new));
    let reanchoring = Reanchoring::between(&old, &new);
    let proposals: Vec<_> =
        case.passages.iter().map(|passage| reanchoring.propose(&passage.selectors)).collect();
    let took = start.elapsed();
    let mut tally = Tally::default();
    for (passage, proposal) in case.passages.iter().zip(proposals) {
        tally.total += 1;
        let is_debug = std::env::var("CASES_DEBUG").is_ok();
        let tell = |what: &str| {
            if is_debug {
                let place = |span: Option<Span>| span.map(|span| new.slice(span).to_owned());
                println!(
                    "{} {what}: {:?} | truth {:?} | got {:?} {:?}",
                    case.id,
                    passage.selectors.quote.exact,
                    place(passage.truth),
                    place(proposal.place()),
                    proposal
                );
            }
        };
        match (passage.truth, proposal.place()) {
            (None, None) => (tally.deleted, tally.deleted_lost) = (tally.deleted + 1, tally.deleted_lost + 1),
            (None, Some(_)) => {
                (tally.deleted, tally.wrong) = (tally.deleted + 1, tally.wrong + 1);
                tell("placed although deleted");
            }
            (Some(_), None) => {
                tally.lost_but_present += 1;
                tell("lost");
            }
            (Some(truth), Some(place)) if share(truth, place) >= 0.5 => {
                tally.right += 1;
                tally.edges += usize::from(truth == place);
            }
            (Some(_), Some(_)) => {
                tally.wrong += 1;
                tell("wrong");
            }
        }
        if proposal.outcome == Outcome::Exact {
            assert_eq!(new.slice(proposal.place().unwrap()), passage.selectors.quote.exact);
        }
    }
    (tally, took)
}

#[test]
fn table() {
    let (size, count) = match std::env::var("CASES_SIZE").ok().as_deref() {
        Some("1m") => (1_000_000, 1_000),
        _ => (100_000, 300),
    };
    for tongue in [Tongue::Vi, Tongue::En] {
        for kind in KINDS {
            if kind == Kind::Tones && tongue == Tongue::En {
                continue;
            }
            let mut case = case(tongue, kind, size, count, 1);
            if kind == Kind::Decomposed {
                case.new = normalized(&case.new);
                assert_eq!(case.old, case.new);
                continue;
            }
            let (tally, took) = judged(&case);
            println!("{:30} {took:?} {tally:?}", case.id);
        }
    }
}
