// What the doctor found: a line for each check, and below those that are not good what to do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/http.h"

namespace cli::doctor {

enum class Verdict : std::uint8_t {
    pass,
    note,  // good to know, and neither good nor bad
    skip,  // could not be looked at, because of what is told elsewhere
    warn,  // it works for some clients, or only here
    fail   // clients cannot log in, or others can come in
};

// What is examined, in the order in which it is told.
enum class Group : std::uint8_t {
    reachability,
    challenge,
    metadata,
    authorization_server,
    token,
    introspection,
    clients
};

// What is not good, and what its owner has to do: naming the variable, the key of the file or the directive.
struct Trouble {
    std::string finding;
    std::string remedy;
};

struct Check {
    Verdict verdict;
    Group group;
    std::string subject;                 // "challenge: resource_metadata"
    std::string finding;                 // what was seen
    std::string section;                 // the part of a specification that asks for it; empty: none does
    std::string remedy{};                // empty: nothing has to be done
    std::vector<std::string> details{};  // whom or what it is about, one line each
};

struct Report {
    std::vector<Check> checks;
    std::vector<std::string> hidden{};  // tokens and secrets: a server may say them back, spelled in several ways
    Group group = Group::reachability;  // of what is added next

    void hide(std::string_view secret);
    void add(Verdict verdict, std::string subject, const Trouble& trouble, std::string section);
    void pass(std::string subject, const std::string& finding, std::string section);
    void note(std::string subject, const std::string& finding, std::string section);
    // pass with `good`, or else `verdict` with `bad`; returns `holds`.
    bool expect(bool holds, Verdict otherwise, std::string subject, const std::string& good, const Trouble& bad,
                std::string section);

    // There is no answer from this URL. What is known already is not told again.
    void unanswered(Verdict verdict, std::string subject, std::string_view url, const HttpError& error,
                    std::string section);
    // One line for all that is skipped for one reason.
    void skip(const std::string& subject, const std::string& why);

    // Lines below the last check.
    void detail(const std::vector<std::string>& lines);

    bool has_failed() const noexcept;
    // In groups. Colors are those of a terminal (ECMA-48).
    std::string table(bool in_color = false) const;
    // {"result":"pass","checks":[{"result":...,"group":...,"check":...,"finding":...,"section":...}]}, "do" and
    // "details" where there are any
    std::string json() const;

private:
    std::string clean(std::string_view text) const;
    std::string line(const Check& check, std::size_t width, bool in_color) const;
    std::string summary(bool in_color) const;
};

}  // namespace cli::doctor
