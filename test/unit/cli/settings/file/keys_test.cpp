#include "cli/settings/file/keys.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "cli/render/render.h"
#include "cli/settings/file/documents.h"

namespace cli::file {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Every key of the table, with the object it belongs to: a new one is tried without anybody thinking of it.
template <class Visit>
void each_key(Visit visit) {
    for (const Object* object : objects())
        for (const Key& key : object->keys)
            if (!object->is_shared) visit(*object, key);
}

TEST(KeysTest, TheExampleOfEveryKeyIsGood) {
    each_key([](const Object& object, const Key& key) {
        const std::string example(key.name == "resources" ? "[" + flow(plain_resource()) + "]"
                                                          : std::string(key.example));
        EXPECT_THAT(errors_of(document_with(object, key, example)), IsEmpty()) << path_of(object, key);
    });
}

TEST(KeysTest, EveryKeyIsDescribed) {
    each_key([](const Object& object, const Key& key) {
        EXPECT_TRUE(key.what.ends_with('.')) << path_of(object, key);
        EXPECT_FALSE(key.example.empty()) << path_of(object, key);
        EXPECT_EQ(key.open != nullptr, key.object != nullptr) << path_of(object, key);
        EXPECT_EQ(key.set != nullptr, key.kind != nullptr) << path_of(object, key);
        EXPECT_THAT(help(), HasSubstr("  " + path_of(object, key) + ' '));
    });
}

TEST(KeysTest, NoKeyTakesNothingOrTheWrongForm) {
    each_key([](const Object& object, const Key& key) {
        for (const std::string value : {"", "~", "null", "[]", "[[a]]", "[~]"}) {
            EXPECT_THAT(errors_of(document_with(object, key, value)), testing::SizeIs(testing::Ge(1U)))
                << path_of(object, key) << ": " << value;
        }
        const bool takes_mapping =
            key.object != nullptr || key.form == Form::mapping || key.form == Form::one_or_mapping;
        if (!takes_mapping) {
            EXPECT_THAT(errors_of(document_with(object, key, "{ a: b }")), testing::SizeIs(testing::Ge(1U)))
                << path_of(object, key);
        }
        const bool takes_list = key.form == Form::list || key.form == Form::objects;
        if (!takes_list) {
            EXPECT_THAT(errors_of(document_with(object, key, "[" + std::string(key.example) + "]")),
                        testing::SizeIs(testing::Ge(1U)))
                << path_of(object, key);
        }
    });
}

// A configuration as nginx splits it: directives with their parameters, whatever block they stand in.
struct Directive {
    std::string name;
    std::vector<std::string> parameters;
};

class Splitter {
public:
    explicit Splitter(std::string_view text) : text_(text) {}

    std::vector<Directive> all() {
        std::vector<Directive> directives;
        std::vector<std::string> words;
        while (next(words)) {
            if (words.empty()) continue;
            directives.push_back({words.front(), {words.begin() + 1, words.end()}});
            words.clear();
        }
        EXPECT_EQ(depth_, 0);
        EXPECT_TRUE(words.empty());
        return directives;
    }

private:
    // Adds words until a directive ends; false at the end.
    bool next(std::vector<std::string>& words) {
        while (!text_.empty()) {
            const char c = text_.front();
            if (c == ' ' || c == '\n') {
                text_.remove_prefix(1);
            } else if (c == '#') {
                text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
            } else if (c == ';' || c == '{' || c == '}') {
                text_.remove_prefix(1);
                depth_ += c == '{' ? 1 : c == '}' ? -1 : 0;
                return true;
            } else {
                words.push_back(word());
            }
        }
        return false;
    }

    std::string word() {
        const char quote = text_.front() == '"' || text_.front() == '\'' ? text_.front() : '\0';
        if (quote != '\0') text_.remove_prefix(1);
        std::string word;
        while (!text_.empty()) {
            const char c = text_.front();
            const bool ends = quote != '\0' ? c == quote : std::string_view(" \n;{").contains(c);
            if (ends && quote != '\0') text_.remove_prefix(1);
            if (ends) break;
            text_.remove_prefix(1);
            word += c;
            if (c != '\\' || text_.empty()) continue;
            if (std::string_view("\"'\\").contains(text_.front())) word.pop_back();
            word += text_.front();
            text_.remove_prefix(1);
        }
        return word;
    }

    std::string_view text_;
    int depth_ = 0;
};

// In double quotes of nginx's configuration, in single ones, outside of them, in a variable; for a parameter of ours.
const std::vector<std::string> hostile = {"x\"; return 200 \"",
                                          "x'; return 200 '",
                                          "x; return 200;",
                                          "x} location / { return 200; }",
                                          "$host",
                                          "${host}",
                                          "x\\",
                                          "\\\"",
                                          "#",
                                          "x\nreturn 200;",
                                          "\r",
                                          std::string("x\x01"),
                                          std::string(65536, 'x'),
                                          "caf\xC3\xA9",
                                          "*",
                                          " ",
                                          "off",
                                          "default",
                                          "method=tools/call",
                                          "language=de",
                                          "issuer=x",
                                          "file:///srv/x\"; return 200 \"",
                                          "/../../etc/passwd",
                                          "https://mcp.example.com/x;return 200",
                                          "https://mcp.example.com/$host",
                                          "https://$host/",
                                          "https://mcp.example.com/{x}",
                                          "http://127.0.0.1:3001/$uri"};

// Nothing but a parameter is made of it, and one of ours alone where it looks like a variable.
void expect_data(const std::string& yaml, const std::string& value, const std::string& where) {
    Findings findings;
    const Gateway gateway = read_text(yaml, "/etc/mcp.yaml", findings);
    if (!findings.errors.empty()) {
        for (const std::string& error : findings.errors)
            EXPECT_LT(error.size(), 2000U) << where;
        return;
    }
    static const std::set<std::string> known = [] {
        std::set<std::string> names;
        Findings none;
        const std::string plain = render(read_text(document(plain_resource()), "/etc/mcp.yaml", none), {}).text;
        for (const Directive& directive : Splitter(plain).all()) {
            names.insert(directive.name);
            names.insert(directive.parameters.begin(), directive.parameters.end());
        }
        return names;
    }();
    std::ptrdiff_t returns = 0;
    for (const Directive& directive : Splitter(render(gateway, {}).text).all()) {
        const bool is_ours = directive.name.starts_with("mcp_");
        const bool is_known = known.contains(directive.name) || is_ours || directive.name.starts_with("proxy_") ||
                              directive.name.starts_with("ssl_") || directive.name.starts_with("real_ip_") ||
                              directive.name == "set_real_ip_from" || directive.name == "rewrite" ||
                              directive.name == "set" || directive.name == "resolver" ||
                              directive.name == "access_log" || directive.name == "log_format" ||
                              directive.name.starts_with("http2") || directive.name == "large_client_header_buffers" ||
                              directive.name == "server_names_hash_bucket_size";
        EXPECT_TRUE(is_known) << where << ": " << value << " became " << directive.name;
        if (directive.name == "return") returns++;
        if (is_ours || !value.contains('$')) continue;
        for (const std::string& parameter : directive.parameters)
            EXPECT_FALSE(parameter.contains(value) && !known.contains(parameter))
                << where << ": " << value << " in " << directive.name;
    }
    EXPECT_LE(returns, 4) << where << ": " << value;
}

TEST(KeysTest, NoValueOfAnyKeyBecomesConfiguration) {
    each_key([](const Object& object, const Key& key) {
        if (key.kind == nullptr) return;
        for (const std::string& value : hostile) {
            const std::string where = path_of(object, key);
            if (key.form != Form::mapping) expect_data(document_with(object, key, yaml_text(value)), value, where);
            if (key.form == Form::list)
                expect_data(document_with(object, key, "[" + yaml_text(value) + "]"), value, where);
            if (key.names == nullptr) continue;
            // On either side, beside what is good.
            const std::string example(key.example);
            const std::size_t colon = example.find(": ");
            const std::string good = colon == std::string::npos ? "x" : example.substr(2, colon - 2);
            expect_data(document_with(object, key, "{ " + good + ": " + yaml_text(value) + " }"), value, where);
            const std::string text = colon == std::string::npos ? "https://example.com/" : "sub";
            expect_data(document_with(object, key, "{ " + yaml_text(value) + ": " + text + " }"), value, where);
        }
    });
}

TEST(KeysTest, NoValueOfAnyKeyIsTakenWithALineBreakOrTooLong) {
    each_key([](const Object& object, const Key& key) {
        if (key.kind == nullptr || key.form == Form::mapping) return;
        for (const std::string& value :
             {std::string("x\ny"), std::string(2049, 'x'), std::string(1025, '"'), std::string("\x7F")})
            EXPECT_THAT(errors_of(document_with(object, key, yaml_text(value))), testing::SizeIs(testing::Ge(1U)))
                << path_of(object, key);
    });
}

TEST(KeysTest, WhatMayBeASecretIsNeverShown) {
    each_key([](const Object& object, const Key& key) {
        if (key.kind == nullptr || !key.kind->is_secret) return;
        for (const std::string value : {"s3cr3t$", "https://s3cr3t", "a:s3cr3t"})
            for (const std::string& error : errors_of(document_with(object, key, yaml_text(value))))
                EXPECT_THAT(error, testing::Not(HasSubstr("s3cr3t"))) << path_of(object, key);
        if (key.kind != &kinds::secret_file && key.kind != &kinds::audit_key_file) return;
        Findings findings;
        const Gateway gateway = read_text(document_with(object, key, "/keys/s"), "/etc/mcp.yaml", findings);
        EXPECT_TRUE(std::ranges::any_of(gateway.files, [](const NeededFile& file) {
            return file.path == "/keys/s" && file.may_be_secret;
        })) << path_of(object, key);
    });
}

}  // namespace
}  // namespace cli::file
