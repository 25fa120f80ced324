#include "cli/settings/file/reference.h"

#include <algorithm>

#include "cli/settings/file/keys.h"

namespace cli::file {
namespace {

// A bar would end the cell.
std::string cell(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string values_of(const Key& key) {
    switch (key.form) {
        case Form::list:
            return std::string(key.kind->name) + ", or a list";
        case Form::mapping:
            return "mapping from " + std::string(key.names->name) + " to " + std::string(key.kind->name) +
                   (key.kind == &kinds::scope ? ", or a list" : "");
        case Form::one_or_mapping:
            return std::string(key.kind->name) + ", or a mapping from " + std::string(key.names->name);
        case Form::object:
            return (key.kind == nullptr ? "" : std::string(key.kind->name) + ", or a ") + std::string("mapping");
        case Form::objects:
            return (key.kind == nullptr ? "" : "`discovery`, or a ") + std::string("mapping, or a list of them");
        case Form::one:
            break;
    }
    return std::string(key.kind->name);
}

// "mcp_jwks mcp_discovery" as links.
std::string links_of(std::string_view directives) {
    std::string text;
    while (!directives.empty()) {
        const std::string name(directives.substr(0, directives.find(' ')));
        directives.remove_prefix(std::min(name.size() + 1, directives.size()));
        text.append(text.empty() ? "[`" : ", [`").append(name).append("`](directives/mcp_resource.md#").append(name).append(")");
    }
    return text;
}

// What can stand there, where the name of the kind does not say it.
std::string remark_of(const Key& key) {
    std::string text(key.what);
    if (key.kind != nullptr && key.form != Form::objects && key.kind != &kinds::text && key.kind != &kinds::boolean)
        text += " It is " + std::string(key.kind->right) + '.';
    return text;
}

std::string row(const Key& key) {
    std::string text = "| `" + std::string(key.name) + "` | " + values_of(key) + " | ";
    text += key.is_required ? std::string("**needed**") : cell(key.otherwise);
    text += " | " + cell(remark_of(key)) + " `" + cell(key.example) + "` | " + links_of(key.directives) + " |\n";
    return text;
}

std::string title_of(const Object& object) {
    return object.path.empty() ? "The file" : '`' + std::string(object.path) + '`';
}

}  // namespace

std::string reference() {
    std::string text;
    for (const Object* object : objects()) {
        if (object->is_shared) continue;
        text += "### " + title_of(*object) + "\n\n";
        if (!object->what.empty()) text += std::string(object->what) + "\n\n";
        text += "| Key | Value | Default | What it says, and an example | Directive |\n|---|---|---|---|---|\n";
        for (const Key& key : object->keys)
            text += row(key);
        text += '\n';
    }
    text.pop_back();
    return text;
}

}  // namespace cli::file
