# syntax=docker/dockerfile:1

# The toolchain is the one that Cargo.toml names as rust-version.
FROM rust:1.94-slim-bookworm AS build
WORKDIR /src

# Dependencies first, on a crate that is empty, so that a change of labhand's own code builds only
# that.
COPY Cargo.toml Cargo.lock ./
COPY fuzz/Cargo.toml fuzz/
RUN mkdir -p src benches fuzz/src \
    && echo 'fn main() {}' > fuzz/src/main.rs \
    && echo 'fn main() {}' > src/main.rs \
    && touch src/lib.rs \
    && for bench in $(sed -n '/^\[\[bench\]\]/,/^$/ s/^name = "\(.*\)"/\1/p' Cargo.toml); do \
         echo 'fn main() {}' > "benches/$bench.rs"; \
       done \
    && cargo build --release --locked --bin labhand \
    && rm -r src

COPY src src
COPY config config
COPY assets assets
COPY templates templates
# Newer than the empty crate, whatever time the files had in the checkout.
RUN touch src/main.rs src/lib.rs \
    && cargo build --release --locked --bin labhand \
    && mkdir /data

# No shell, no package manager; certificates and the C library are all that labhand needs.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/labhand /labhand
COPY --from=build --chown=nonroot:nonroot /data /data
ENV LABHAND_SERVER__BIND=0.0.0.0:8080 \
    LABHAND_STORE__URL=sqlite:///data/labhand.db \
    LABHAND_GITHUB__APP_FILE=/data/labhand-app.json
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["/labhand", "healthcheck"]
ENTRYPOINT ["/labhand"]
CMD ["serve"]
