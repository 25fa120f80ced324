// What MCP clients do when they log in, as tried with the clients themselves: which of them a finding is about.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cli::doctor {

struct Client {
    std::string_view name;
    std::string_view redirect_uri;       // to be registered for it; empty: the program that embeds it chooses
    std::string_view client_id_setting;  // where its user enters an id that was given out; empty: nowhere
    // Instead of redirect_uri, where the authorization server does not name itself in its answers (RFC 9207).
    std::string_view redirect_uri_without_issuer{};
    bool has_metadata_document = false;  // one of its own (MCP authorization, Client ID Metadata Documents)
    bool is_modern = false;              // speaks 2026-07-28, and older revisions with servers that do not
    bool steps_up = false;               // asks for more after a 403 with insufficient_scope
    bool asks_for_everything = false;    // all that the authorization server has, whatever the challenge says
    bool adds_slash = false;             // resource=https://host/ for https://host (RFC 8707)
};

std::span<const Client> clients() noexcept;

// "Codex, opencode", of those for whom it holds.
std::string names_of_clients(const std::function<bool(const Client&)>& holds);

// What an authorization server's metadata says that decides how clients get an id.
struct Registration {
    bool takes_metadata_documents = false;
    bool names_itself = false;  // authorization_response_iss_parameter_supported
};

// Where nobody can register: a line for each client that needs an id then, with where its user enters the id, and the
// redirect URI to register.
std::vector<std::string> who_needs_an_id(const Registration& server);

}  // namespace cli::doctor
