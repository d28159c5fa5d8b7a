//! "More information": one service or one unlisted host, before it is accepted or after.

use askama::Template;

use super::facts::Facts;
use super::{Surroundings, assets, inserted::rendered, wording};
use crate::decision::Standing;
use crate::policy::{Allowed, Party, Unlisted};

#[derive(Template)]
#[template(path = "service.html")]
struct ServiceView<'a> {
    at: &'a Surroundings<'a>,
    sheet: &'a str,
    title: String,
    place: &'a str,
    facts: Option<Facts>,
    host: &'a str,
    kind: String,
    allowed: bool,
    /// Whether there is a choice to make.
    open: bool,
    /// The fields' names: `service=` to accept, and the one that refuses.
    party: String,
    field: String,
}

/// All that is known of a party, and the choice about it alone.
#[must_use]
pub fn service_page(at: &Surroundings<'_>, party: Party<'_>, allowed: &Allowed) -> String {
    let known = match party {
        Party::Service(place) => at.policy.services().get(place).map(|service| (place, service)),
        Party::Unlisted(_) => None,
    };
    let facts =
        known.map(|(place, service)| Facts::new(at, place, service, &Standing::Undecided, allowed));
    let (host, is_allowed, open) = match party {
        Party::Service(place) => {
            ("", allowed.service(place), facts.as_ref().is_some_and(|facts| !facts.always))
        }
        Party::Unlisted(host) => (
            host,
            allowed.is_everything() || allowed.hosts.iter().any(|granted| granted == host),
            at.policy.unlisted() == Unlisted::Ask,
        ),
    };
    let party_id = at.party_id(party);
    rendered(&ServiceView {
        at,
        sheet: assets::pages_sheet(),
        title: wording::party_name(at, party),
        place: "",
        host,
        kind: at.text(&format!("kind-{}", wording::party_kind(at, party))).into_owned(),
        allowed: is_allowed,
        open,
        field: match party {
            Party::Service(_) => format!("service.{party_id}"),
            Party::Unlisted(host) => format!("host.{host}"),
        },
        party: party_id,
        facts,
    })
}
