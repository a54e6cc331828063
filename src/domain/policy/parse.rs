//! Reading a policy file.
