// What a value can be: checked as strictly as the directive that it becomes a parameter of.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace cli::file {

struct Kind {
    std::string_view name;    // in the reference: "time"
    std::string_view right;   // what would be right, for a message and the reference: "a time like 30s, 5m or 1h30m"
    std::string_view schema;  // members of a JSON Schema, without the braces around them
    // What is wrong, as the end of a sentence about the value: "is no time". Empty: nothing is.
    std::string (*problem)(std::string_view text);
    bool is_secret = false;       // what stands there may be a secret that somebody has put there: never shown
    std::size_t least_bytes = 0;  // of the file that it names
};

namespace kinds {

extern const Kind text;
extern const Kind audience;
extern const Kind token_issuer;
extern const Kind client_id;
extern const Kind resource_url;
extern const Kind issuer;  // of an authorization server that clients are sent to
extern const Kind fetched_url;
extern const Kind page_url;
extern const Kind proxy_url;
extern const Kind backend_url;
extern const Kind backend_host;
extern const Kind origin;
extern const Kind host_pattern;
extern const Kind server_name;
extern const Kind resolver;
extern const Kind listen_address;
extern const Kind network;
extern const Kind port;
extern const Kind limit;
extern const Kind workers;
extern const Kind time;
extern const Kind leeway;
extern const Kind keys_max_age;
extern const Kind pause;  // a time of at least a millisecond
extern const Kind zone_size;
extern const Kind body_size;
extern const Kind header_size;
extern const Kind boolean;
extern const Kind file;
extern const Kind secret_file;
extern const Kind location_path;
extern const Kind scope;
extern const Kind pattern;
extern const Kind uri_pattern;
extern const Kind method_pattern;
extern const Kind revision;
extern const Kind header;
extern const Kind claim;
extern const Kind algorithm;
extern const Kind assertion_algorithm;
extern const Kind token_type;
extern const Kind client_authentication;
extern const Kind language;
extern const Kind proxy_user;
extern const Kind discovery;
extern const Kind audit_log;
extern const Kind audit_identity;
extern const Kind audit_key_file;
extern const Kind exporter_url;
extern const Kind sample_ratio;
extern const Kind service_name;
extern const Kind rate;
extern const Kind burst;
extern const Kind limit_by;
extern const Kind limit_algorithm;
extern const Kind redis_address;
extern const Kind redis_user;
extern const Kind redis_prefix;
extern const Kind redis_timeout;
extern const Kind redis_on_error;

}  // namespace kinds

// What a kind's check takes for true; nothing else is.
bool is_true(std::string_view text) noexcept;
// How path_problem() and others call the paths of probes.
inline constexpr std::string_view is_for_probes = "is nginx's health check";
// Of a URL's path, when it can be said to nginx as it is: "" when it can.
std::string path_problem(std::string_view path);

}  // namespace cli::file
