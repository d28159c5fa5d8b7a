//! The form of a decision inside a token: compact, and the same for equal refusals.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::decision::{Decision, Surface};

/// Short names: the token travels with every request.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    /// Policy version.
    p: String,
    /// Seconds since 1970.
    t: u64,
    /// Surface.
    s: String,
    /// Purposes granted, purposes refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    g: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    r: Vec<String>,
    /// Services granted, services refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sg: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sr: Vec<String>,
    /// Unlisted hosts granted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    h: BTreeSet<String>,
    /// Unlisted granted as a whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    u: bool,
    /// Subject and ledger index: with a grant only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    i: Option<u64>,
}

impl Payload {
    pub(super) fn of(decision: &Decision, index: u64) -> Self {
        let split = |map: &BTreeMap<String, bool>, wanted: bool| {
            map.iter()
                .filter(|(_, granted)| **granted == wanted)
                .map(|(id, _)| id.clone())
                .collect()
        };
        Self {
            p: decision.policy_version.clone(),
            t: decision.made_at,
            s: decision.surface.as_str().to_owned(),
            g: split(&decision.purposes, true),
            r: split(&decision.purposes, false),
            sg: split(&decision.services, true),
            sr: split(&decision.services, false),
            h: decision.hosts.clone(),
            u: decision.unlisted,
            id: decision.subject.clone(),
            i: decision.subject.as_ref().map(|_| index),
        }
    }

    pub(super) fn into_decision(self) -> Option<Decision> {
        let join = |granted: Vec<String>, refused: Vec<String>| -> BTreeMap<String, bool> {
            let granted = granted.into_iter().map(|id| (id, true));
            // A refusal wins over a grant of the same name, should both ever stand there.
            granted.chain(refused.into_iter().map(|id| (id, false))).collect()
        };
        Some(Decision {
            policy_version: self.p,
            made_at: self.t,
            surface: Surface::parse(&self.s)?,
            purposes: join(self.g, self.r),
            services: join(self.sg, self.sr),
            hosts: self.h,
            unlisted: self.u,
            subject: self.id,
        })
    }
}
