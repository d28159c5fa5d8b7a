//! Every bound of the gate's judgement, with its reason.

/// Ids of purposes and services, in bytes: they stand in attributes, form fields and the token.
pub const ID_BYTES_MAX: usize = 32;

/// Purposes of one policy: more could not be read before choosing (GDPR Art. 7(2), "clear and plain").
pub const PURPOSES_MAX: usize = 32;

/// Services that one decision overrides, and unlisted hosts that it grants, each: keeps the token
/// under the 4,096 bytes that browsers grant a cookie (RFC 6265bis section 5.6).
pub const OVERRIDES_MAX: usize = 60;

/// Bytes of an authority (RFC 1035 section 2.3.4 allows 253 for a name, plus brackets and a port).
pub const AUTHORITY_BYTES_MAX: usize = 264;

/// Bytes of a return path: what browsers and proxies pass in a header line without trouble.
pub const RETURN_PATH_BYTES_MAX: usize = 2_048;

/// Bytes of a decision's form: 130 services and 32 purposes with their names fit in a quarter.
pub const FORM_BYTES_MAX: usize = 65_536;

/// Fields of a decision's form, for the same count of services and purposes.
pub const FORM_FIELDS_MAX: usize = 1_024;

/// Bytes of a consent token, name and attributes apart.
pub const TOKEN_BYTES_MAX: usize = 3_800;

/// Keys of a ring: one new key a month over a decision's six months, and one to spare.
pub const KEYS_MAX: usize = 8;

/// Memory of one HTML rewriter: about 32,000 open elements; the largest of 1,213 real pages
/// measured needs under 1 MiB, and nesting costs time linear in this figure.
pub const REWRITER_BYTES_MAX: usize = 4 * 1_024 * 1_024;

/// Text of one `<noscript>`, or one `srcdoc`, which is held whole to be rewritten: real ones stay
/// under 10 kB. What is longer is dropped.
pub const NESTED_BYTES_MAX: usize = 262_144;

/// Beginning of an inline script that is compared with services' signs, and held until it is there.
pub const INLINE_BYTES: usize = 512;

/// Documents inside documents (`srcdoc` in `noscript` in …): each costs a rewriter.
pub const NESTED_DEPTH_MAX: usize = 3;

/// Notices on one page: beyond it content is blocked without one, so that a hostile page cannot
/// make the gate write a hundred times what it reads.
pub const NOTICES_MAX: usize = 200;

/// Bytes of one Content-Security-Policy value: nginx reads upstream headers in 8 kB by default.
pub const CSP_BYTES_MAX: usize = 6_000;

/// Days that a decision holds, granted or refused (CNIL 2020-092: six months is good practice).
pub const DECISION_DAYS: u64 = 182;

/// Notices of one page that find their element by a rule of the stylesheet, 11 bytes each on the
/// way; the others carry a style attribute, which some sites' policies forbid.
pub const ANCHOR_RULES_MAX: u32 = 50;
