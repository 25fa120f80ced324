// Settings files for tests: complete ones in which one key says something else.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/settings/file/keys.h"
#include "cli/settings/file/reader.h"

namespace cli::file {

// By key, its value in YAML.
using Mapping = std::map<std::string, std::string, std::less<>>;

inline std::string flow(const Mapping& mapping) {
    std::string text = "{";
    for (const auto& [key, value] : mapping) {
        text += text.size() > 1 ? ", " : " ";
        text += key;
        text += ": ";
        text += value;
    }
    return text + " }";
}

// A scalar that means exactly this text.
inline std::string yaml_text(std::string_view text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string yaml = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            yaml += '\\';
            yaml += c;
        } else if (byte < 0x20) {
            yaml += "\\x";
            yaml += digits[byte >> 4U];
            yaml += digits[byte & 15U];
        } else {
            yaml += c;
        }
    }
    return yaml + '"';
}

inline Mapping plain_resource() {
    return {{"url", "https://mcp.example.com/mcp"},
            {"backend", "http://127.0.0.1:3001"},
            {"authorization_servers", "https://auth.example.com"}};
}

inline std::string document(const Mapping& resource, Mapping top = {}) {
    top["resources"] = "[" + flow(resource) + "]";
    return flow(top) + "\n";
}

// What an object needs beside the key that is tried.
inline Mapping needed_in(const Object& object) {
    Mapping needed;
    for (const Key& key : object.keys)
        if (key.is_required && key.name != "resources") needed[std::string(key.name)] = key.example;
    if (object.path == "resources[]") return plain_resource();
    if (object.path == "resources[].keys[]") needed["file"] = "/keys/jwks.json";
    if (object.path == "audit") needed["log"] = "/var/log/mcp/audit.log";
    if (object.path == "resources[].introspection") needed["client_secret_file"] = "/run/secrets/introspection";
    return needed;
}

// A document in which a key of an object has this value in YAML, and everything else is good.
inline std::string document_with(const Object& object, const Key& key, const std::string& value) {
    Mapping mapping = needed_in(object);
    if (key.object != nullptr && key.name == "resources") return flow({{"resources", value}});
    mapping[std::string(key.name)] = value;
    if (object.path == "resources[].keys[]" && key.name == "url") mapping.erase("file");
    if (key.name == "user") mapping["password_file"] = "/run/secrets/proxy-password";
    if (key.name == "password_file") mapping["user"] = "gateway";
    if (key.name == "key_file") mapping["identity"] = "hash";
    if (key.name == "identity" && value == "hash") mapping["key_file"] = "/run/secrets/audit-key";
    if (key.name == "client_key_file" || key.name.starts_with("assertion_")) {
        mapping["client_authentication"] = "private_key_jwt";
        mapping.try_emplace("client_key_file", "/run/secrets/client-key.pem");
        mapping.erase("client_secret_file");
    }
    if (key.name == "client_certificate_file") {
        mapping["client_authentication"] = "tls_client_auth";
        mapping["client_key_file"] = "/run/secrets/client-key.pem";
        mapping.erase("client_secret_file");
    }
    if (value == "private_key_jwt") {
        mapping["client_key_file"] = "/run/secrets/client-key.pem";
        mapping.erase("client_secret_file");
    }
    if (object.path == "resources[].backend" && key.name == "ca") mapping["url"] = "https://backend.example.com";
    if (object.path.empty()) return document(plain_resource(), mapping);
    if (object.path == "resources[]") return document(mapping);
    Mapping resource = plain_resource();
    std::string name(object.path);
    if (!name.starts_with("resources[].")) return document(resource, {{name, flow(mapping)}});
    name = name.substr(std::string_view("resources[].").size());
    resource[name.substr(0, name.find('['))] = flow(mapping);
    return document(resource);
}

inline Findings findings_of(const std::string& text) {
    Findings findings;
    read_text(text, "/etc/mcp.yaml", findings);
    return findings;
}

inline std::vector<std::string> errors_of(const std::string& text) {
    return findings_of(text).errors;
}

}  // namespace cli::file
