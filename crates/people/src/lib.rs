//! Who somebody is and what they may do: roles, passwords, passkeys, second factors, what an identity provider
//! says, secrets, and the chain of the audit log. Nothing
//! here knows of tables or requests.

mod breached;
mod cbor;
mod chain;
mod email;
mod hex;
mod id_token;
mod passkey;
mod password;
mod role;
mod seal;
mod second_factor;
mod secret;

pub use breached::Breached;
pub use chain::{Link, NotALink, next};
pub use email::{Email, EmailError};
pub use id_token::{Claims, Expected, IdTokenError, SigningKeys, read_id_token};
pub use passkey::{NewPasskey, PASSKEY_ALGORITHMS, PasskeyError, Signed, Site, check_passkey, new_passkey};
pub use password::{Checked, Cost, LONGEST, Password, PasswordError, SHORTEST};
pub use role::{Permission, Role, UnknownRole};
pub use seal::{Key, Seal, SealError};
pub use second_factor::{SecondFactor, normal_recovery_code, recovery_codes};
pub use secret::{Digest, INVITATION, SESSION, SHARE, Secret, TICKET, TOKEN, shown};
