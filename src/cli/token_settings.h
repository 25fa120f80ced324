// By what a token is judged: what the server beside us was told, and what the command line says instead.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/outgoing.h"
#include "cli/settings/gateway.h"
#include "cli/settings/sources.h"
#include "cli/token_judgement.h"

namespace cli {

// As they stand on the command line; what was not given is empty.
struct TokenOptions {
    std::string keys;
    std::vector<std::string> issuers;
    std::vector<std::string> resources;  // the first one is the resource, others are further names of it
    std::string authorization_server;
    std::string scopes;
    std::optional<long> leeway;
    std::optional<std::string> file;
    std::string ca_file;
};

// Keys, and what tokens that they verify may say in iss; nothing: anything.
struct KeySource {
    std::string source;  // a file, a URL, or an issuer whose metadata names one
    bool is_discovered;
    std::vector<std::string> issuers;
};

struct TokenSettings {
    std::string origin;  // who has said it: "mcp.yaml", "MCP_* variables"; empty: the command line alone
    TokenExpectations expected;
    std::vector<KeySource> keys;
    std::optional<Introspection> introspection;
    std::vector<std::string> introspection_issuers;
    std::string authorization_server;  // the first one
    Outgoing outgoing;
};

// Throws the Failure that ends the command when what has been set is wrong. A variable that is missing is no mistake
// here: what it would have said is not checked.
TokenSettings token_settings(const TokenOptions& options);

}  // namespace cli
