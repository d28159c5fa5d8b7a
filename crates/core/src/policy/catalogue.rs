//! The catalogue: the services that octroi knows, embedded from `catalogue/*.toml`.

use super::file::CatalogueFile;
use super::{PolicyError, Service, purpose};

macro_rules! catalogue {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../catalogue/", $name, ".toml")))),*]
    };
}

const CATALOGUE: [(&str, &str); 19] = catalogue![
    "ab-testing",
    "advertising",
    "audio",
    "captcha",
    "chat",
    "code-library",
    "comments",
    "document",
    "font",
    "form",
    "image",
    "map",
    "measurement",
    "other",
    "payment",
    "rating",
    "social",
    "tag-manager",
    "video",
];

/// Every service of the catalogue, ordered by file and place.
///
/// # Errors
/// When a file of the catalogue is damaged; the catalogue's tests exclude it.
pub fn built_in_services() -> Result<Vec<Service>, PolicyError> {
    let purposes = purpose::merge(Vec::new())?;
    let mut services = Vec::new();
    for (name, text) in CATALOGUE {
        let file: CatalogueFile = toml::from_str(text).map_err(|error| {
            PolicyError::new(format!("catalogue/{name}"), error.message()).at(error.span())
        })?;
        for service in file.service {
            services.push(Service::from_file(service, &purposes)?);
        }
    }
    Ok(services)
}
