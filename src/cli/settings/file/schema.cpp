#include "cli/settings/file/schema.h"

#include <algorithm>

#include "cli/settings/file/keys.h"
#include "oauth/json/json_text.h"

namespace cli::file {
namespace {

// JSON with one member a line, so that a difference of two versions can be read.
class Json {
public:
    void open(std::string_view name) {
        begin(name);
        text_ += '{';
        depth_++;
        is_first_ = true;
    }
    void close() {
        depth_--;
        new_line();
        text_ += '}';
        is_first_ = false;
    }
    void member(std::string_view name, std::string_view json) {
        begin(name);
        text_ += json;
    }
    std::string take() { return std::move(text_) + '\n'; }

private:
    void begin(std::string_view name) {
        if (!is_first_) text_ += ',';
        is_first_ = false;
        if (depth_ > 0) new_line();
        if (!name.empty()) text_ += oauth::json::quoted(name) + ": ";
    }
    void new_line() { text_.append("\n").append(depth_ * 2, ' '); }

    std::string text_;
    std::size_t depth_ = 0;
    bool is_first_ = true;
};

// "resources[].backend" is the definition "backend".
std::string name_of(const Object& object) {
    std::string name(object.path);
    std::erase_if(name, [](char c) { return c == '[' || c == ']'; });
    return name.substr(name.rfind('.') + 1);
}

std::string one_or_list(const std::string& schema) {
    return R"({"anyOf":[)" + schema + R"(,{"type":"array","minItems":1,"items":)" + schema + "}]}";
}

std::string schema_of(const Kind& kind) {
    return '{' + std::string(kind.schema) + '}';
}

std::string mapping_of(const Key& key) {
    const std::string value = schema_of(*key.kind);
    const bool takes_list = key.form == Form::mapping && key.kind == &kinds::scope;
    std::string names(key.names->schema);
    // Names of members are texts, whatever they look like.
    if (const std::size_t type = names.find("\"type\":"); type != std::string::npos)
        names.erase(type, std::min(names.find(",\"pattern\"", type), names.size()) - type);
    if (names.starts_with(',')) names.erase(0, 1);
    return R"({"type":"object","minProperties":1,"propertyNames":{)" + names + R"(},"additionalProperties":)" +
           (takes_list ? one_or_list(value) : value) + '}';
}

std::string schema_of(const Key& key) {
    const std::string object = key.object == nullptr ? "" : R"({"$ref":"#/$defs/)" + name_of(*key.object) + R"("})";
    switch (key.form) {
        case Form::one:
            return schema_of(*key.kind);
        case Form::list:
            return one_or_list(schema_of(*key.kind));
        case Form::mapping:
            return mapping_of(key);
        case Form::one_or_mapping:
            return R"({"anyOf":[)" + schema_of(*key.kind) + ',' + mapping_of(key) + "]}";
        case Form::object:
            return key.kind == nullptr ? object : R"({"anyOf":[)" + schema_of(*key.kind) + ',' + object + "]}";
        case Form::objects:
            break;
    }
    std::string list = one_or_list(object);
    return key.kind == nullptr ? list : R"({"anyOf":[)" + schema_of(*key.kind) + ',' + list + "]}";
}

// What people read who write it.
std::string description_of(const Key& key) {
    std::string text(key.what);
    if (!key.otherwise.empty()) text += " Default: " + std::string(key.otherwise) + '.';
    if (!key.example.empty()) text += " Example: " + std::string(key.example);
    std::erase(text, '`');
    return text;
}

void add_object(Json& json, const Object& object) {
    json.member("type", oauth::json::quoted("object"));
    if (!object.what.empty()) json.member("description", oauth::json::quoted(object.what));
    json.open("properties");
    for (const Key& key : object.keys) {
        if (!object.has(key)) continue;
        std::string schema = schema_of(key);
        schema.insert(1, R"("description":)" + oauth::json::quoted(description_of(key)) + ',');
        json.member(key.name, schema);
    }
    json.close();
    std::string required;
    for (const Key& key : object.keys)
        if (key.is_required && object.has(key))
            required += (required.empty() ? "" : ",") + oauth::json::quoted(key.name);
    if (!required.empty()) json.member("required", '[' + required + ']');
    json.member("additionalProperties", "false");
}

// What one place says another need not: authorization servers stand in "defaults" or in each resource. An entry of
// "keys" has one of two sources.
void add_rules(Json& json, const Object& object) {
    if (object.path == "resources[].keys[]")
        json.member("oneOf", R"([{"type":"object","required":["file"]},{"type":"object","required":["url"]}])");
    if (!object.path.empty()) return;
    const std::string needs = R"({"type":"object","required":["authorization_servers"]})";
    json.member("if", R"({"type":"object","required":["defaults"],"properties":{"defaults":)" + needs + "}}");
    json.member("else", R"({"type":"object","properties":{"resources":)" + one_or_list(needs) + "}}");
}

}  // namespace

std::string json_schema() {
    Json json;
    json.open("");
    json.member("$schema", oauth::json::quoted("https://json-schema.org/draft/2020-12/schema"));
    json.member("title", oauth::json::quoted("mcp-resource settings"));
    json.member("description", oauth::json::quoted("What `mcp-resource run --config FILE` reads."));
    add_object(json, root());
    add_rules(json, root());
    json.open("$defs");
    for (const Object* object : objects()) {
        if (object->path.empty()) continue;
        json.open(name_of(*object));
        add_object(json, *object);
        add_rules(json, *object);
        json.close();
    }
    json.close();
    json.close();
    return json.take();
}

}  // namespace cli::file
