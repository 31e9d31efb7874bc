# A small image that needs neither root nor a file system that can be written to.
#
#   docker build -t mcp-server-jira .
#   docker run -i --rm --read-only -e JIRA_URL -e JIRA_EMAIL -e JIRA_API_TOKEN mcp-server-jira
#   docker run --rm --read-only -p 8080:8080 mcp-server-jira \
#     serve --http 0.0.0.0:8080 --http-identity request --sites acme.atlassian.net

FROM rust:1-slim-bookworm AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY crates crates
COPY tests tests
COPY examples examples
RUN cargo build --profile dist --locked --bin mcp-server-jira

# The certificate authorities that Jira's certificate is checked against.
FROM debian:bookworm-slim AS authorities
RUN apt-get update \
 && apt-get install --no-install-recommends --yes ca-certificates \
 && rm -rf /var/lib/apt/lists/*

FROM debian:bookworm-slim
COPY --from=authorities /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /build/target/dist/mcp-server-jira /usr/local/bin/mcp-server-jira
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
# Without arguments it serves on stdin and stdout.
ENTRYPOINT ["/usr/local/bin/mcp-server-jira"]
