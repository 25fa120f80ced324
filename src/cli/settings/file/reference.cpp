#include "cli/settings/file/reference.h"

#include <algorithm>
#include <array>

#include "cli/settings/environment.h"
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

std::string code(std::string_view text) {
    return '`' + cell(text) + '`';
}

// What can stand there.
std::string values_of(const Key& key) {
    switch (key.form) {
        case Form::list:
            return std::string(key.kind->right) + (key.kind == &kinds::scope ? "" : "; or a list");
        case Form::mapping:
            return "a mapping from " + std::string(key.names->name) + " to " + std::string(key.kind->name) +
                   (key.kind == &kinds::scope ? ", or to a list" : "");
        case Form::one_or_mapping:
            return std::string(key.kind->right) + "; or a mapping from " + std::string(key.names->name);
        case Form::object:
            return (key.kind == nullptr ? "" : std::string(key.kind->right) + "; or ") + std::string("a mapping");
        case Form::objects:
            return (key.kind == nullptr ? "" : "`discovery`, ") + std::string("a mapping, or a list of mappings");
        case Form::one:
            break;
    }
    return std::string(key.kind->right);
}

// Calls `visit` with each word of "mcp_jwks mcp_discovery".
template <class Visit>
void each_word(std::string_view words, Visit visit) {
    while (!words.empty()) {
        const std::string word(words.substr(0, words.find(' ')));
        words.remove_prefix(std::min(word.size() + 1, words.size()));
        visit(word);
    }
}

// Our directives as links; nginx's own are explained elsewhere.
std::string links_of(std::string_view directives) {
    std::string text;
    each_word(directives, [&](const std::string& name) {
        text += text.empty() ? "" : ", ";
        text += name.starts_with("mcp_") ? "[`" + name + "`](directives/mcp_resource.md#" + name + ")" : code(name);
    });
    return text;
}

std::string codes_of(std::string_view words) {
    std::string text;
    each_word(words, [&](const std::string& word) { text += (text.empty() ? "" : ", ") + code(word); });
    return text;
}

std::string row(const Key& key) {
    return "| " + code(key.name) + " | " + cell(values_of(key)) + " | " +
           (key.is_required ? std::string("**required**") : cell(key.otherwise)) + " | " + cell(key.what) +
           " Example: " + code(key.example) + " | " + links_of(key.directives) + " |\n";
}

std::string row(const Variable& variable) {
    return "| " + code(variable.name) + " | " + cell(variable.required) + " | " + cell(variable.otherwise) + " | " +
           cell(variable.what) + " | " + codes_of(variable.key) + " |\n";
}

std::string title_of(const Object& object) {
    return object.path.empty() ? "The file" : '`' + std::string(object.path) + '`';
}

std::string variables() {
    std::string text;
    std::string_view group;
    for (const Variable& variable : known_variables()) {
        if (variable.group != group) {
            group = variable.group;
            text.append(text.empty() ? "### " : "\n### ").append(group);
            text += "\n\n| Variable | Required | Default | Meaning | Key of the file |\n|---|---|---|---|---|\n";
        }
        text += row(variable);
    }
    return text;
}

std::string keys() {
    std::string text;
    for (const Object* object : objects()) {
        if (object->is_shared) continue;
        text += "\n### " + title_of(*object) + "\n\n";
        if (!object->what.empty()) text += std::string(object->what) + "\n\n";
        text += "| Key | Value | Default | Meaning | Directive |\n|---|---|---|---|---|\n";
        for (const Key& key : object->keys)
            text += row(key);
    }
    return text;
}

bool says(const Variable& variable, const std::string& path) {
    bool found = false;
    each_word(variable.key, [&](const std::string& key) { found |= key == path; });
    return found;
}

std::string row_of_names(const std::array<std::string, 4>& cells) {
    std::string row = "|";
    for (const std::string& cell : cells)
        row += ' ' + (cell.empty() ? "none" : cell) + " |";
    return row + '\n';
}

// Empty: nothing but the file says it, and it only holds other keys.
std::string names_of(const Object& object, const Key& key) {
    const std::string path = path_of(object, key);
    std::string variables;
    std::string options;
    for (const Variable& variable : known_variables()) {
        if (!says(variable, path)) continue;
        variables += (variables.empty() ? "" : ", ") + code(variable.name);
        options += codes_of(variable.option);
    }
    if (key.object != nullptr && key.directives.empty() && variables.empty()) return "";
    return row_of_names({links_of(key.directives), variables, code(path), options});
}

}  // namespace

std::string reference() {
    return "## Environment variables\n\n" + variables() + "\n## Keys of the file\n" + keys();
}

std::string names() {
    std::string text = "| Directive | Variable | Key of the file | Option |\n|---|---|---|---|\n";
    for (const Object* object : objects())
        for (const Key& key : object->keys)
            if (!object->is_shared) text += names_of(*object, key);
    for (const Variable& variable : known_variables())
        if (variable.key.empty()) text += row_of_names({"", code(variable.name), "", codes_of(variable.option)});
    return text;
}

}  // namespace cli::file
