#include "cli/token_judgement.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <iterator>
#include <limits>
#include <optional>

#include "cli/token_remedies.h"
#include "oauth/claims_rules.h"
#include "oauth/error.h"
#include "oauth/explanation.h"
#include "oauth/json/json.h"
#include "oauth/json/json_text.h"
#include "oauth/jwt/compact_jws.h"
#include "oauth/jwt/verifier.h"
#include "oauth/scope.h"
#include "oauth/scope_table.h"

namespace cli {
namespace {

using oauth::ClaimsRules;
using oauth::Error;
using oauth::NumericDate;
using oauth::json::Document;
using oauth::json::Value;

std::string date(NumericDate seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    std::array<char, 32> text{};
    if (::gmtime_r(&time, &parts) == nullptr) return "no date";
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string span(NumericDate seconds) {
    struct Unit {
        NumericDate size;
        std::string_view name;
    };
    for (const Unit& unit : {Unit{86'400, " d"}, Unit{3'600, " h"}, Unit{60, " min"}})
        if (seconds >= 2 * unit.size) return std::to_string(seconds / unit.size) + std::string(unit.name);
    return std::to_string(seconds) + " s";
}

std::string distance(NumericDate from_now) {
    if (from_now == 0) return "now";
    return from_now < 0 ? span(-from_now) + " ago" : "in " + span(from_now);
}

bool is_time(std::string_view name) noexcept {
    return name == "exp" || name == "nbf" || name == "iat" || name == "auth_time";
}

std::vector<std::string> lines_of(const Value& object, NumericDate now) {
    std::vector<std::string> lines;
    object.each_member([&](std::string_view name, Value value) {
        std::string line = std::string(name) + ": " + value.to_json();
        const auto time = is_time(name) ? oauth::numeric_date(value, oauth::Rounding::down) : std::nullopt;
        if (time) line += " (" + date(*time) + ", " + distance(*time - now) + ")";
        lines.push_back(std::move(line));
        return true;
    });
    return lines;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text.append(text.empty() ? "" : " ").append(name);
    return text;
}

std::string granted(const Value& claims) {
    if (std::string why = oauth::explain_scope(claims); !why.empty()) return why;
    const auto claim = oauth::ScopeClaim::of(claims);
    return claim ? std::string(claim->name) + " is " + claim->value.to_json() : "there is no scope";
}

// Collects reasons while rules are given up one after the other.
class Judge {
public:
    Judge(std::string_view token, const TokenExpectations& expectations, NumericDate now)
        : token_(token), expected_(expectations), now_(now) {}

    TokenReport judge_response(const oauth::introspection::Response& answer) {
        ClaimsRules none;
        none.allow_missing_expiration = none.allow_missing_issuer = none.ignore_expiration = true;
        constexpr NumericDate later_than_any = std::numeric_limits<NumericDate>::max();  // times are judged below
        const auto token = answer.check(none, later_than_any);
        if (!token) return refused(token.error());
        auto claims = Document::parse((*token)->claims().to_json(), {.keep_large_numbers = true});
        if (!claims) return refused(claims.error());
        claims_ = std::move(*claims);
        report_.claims = lines_of(claims_->root(), now_);
        judge_claims();
        judge_scopes();
        note_unchecked_claims();
        return std::move(report_);
    }

    TokenReport judge() {
        const auto jws = oauth::jwt::split_compact_jws(token_);
        if (!jws) return refused(jws.error());
        const auto header = read(jws->header, Error::header_not_json_object);
        if (!header) return refused(header.error());
        report_.header = lines_of(header->root(), now_);
        auto claims = read(jws->payload, Error::payload_not_json_object);
        if (!claims) return refused(claims.error());
        claims_ = std::move(*claims);
        report_.claims = lines_of(claims_->root(), now_);
        judge_signature();
        judge_claims();
        judge_scopes();
        if (expected_.keys == nullptr) report_.unchecked.emplace_back("the signature: give --jwks");
        note_unchecked_claims();
        return std::move(report_);
    }

private:
    static std::expected<Document, Error> read(std::string_view part, Error not_an_object) {
        auto document = oauth::jwt::parse_part(part, not_an_object);
        if (document && document->root().kind() != oauth::json::Kind::object) return std::unexpected(not_an_object);
        return document;
    }

    void add(Error error, const std::string& difference) {
        const auto& info = oauth::describe(error);
        std::string line = std::string(info.name) + ": " + std::string(info.text);
        if (!difference.empty()) line += ": " + difference;
        report_.reasons.push_back(std::move(line));
        report_.remedies.emplace_back(remedy_for(error));
    }

    TokenReport refused(Error error) {
        add(error, oauth::explain(error, token_, {}, {}, now_));
        return std::move(report_);
    }

    // The header and the signature, whatever the claims say: those are judged one by one.
    void judge_signature() {
        oauth::jwt::VerificationRules rules = expected_.rules;
        rules.claims = {};
        rules.claims.ignore_expiration = true;
        rules.accept_any_signature = expected_.keys == nullptr;
        const std::array<const oauth::jwt::JwkSet*, 1> sets = {expected_.keys};
        const auto keys = std::span(sets).first(expected_.keys == nullptr ? 0 : 1);
        const auto verified = oauth::jwt::Verifier::verify(token_, keys, rules, now_);
        if (verified || verified.error() == Error::time_claim_invalid || verified.error() == Error::not_yet_valid)
            return;
        add(verified.error(), oauth::explain(verified.error(), token_, keys, rules, now_));
    }

    void judge_claims() {
        ClaimsRules rules = expected_.rules.claims;
        for (;;) {
            const auto checked = oauth::check_claims(claims_->root(), rules, now_);
            if (checked) return;
            add(checked.error(), oauth::explain(checked.error(), claims_->root(), rules, now_));
            if (!give_up(rules, checked.error())) return;
        }
    }

    // So that the next check is reached; false when there is no next one.
    bool give_up(ClaimsRules& rules, Error error) {
        switch (error) {
            case Error::expired:
            case Error::expiration_missing:
                rules.ignore_expiration = true;
                return true;
            case Error::not_yet_valid:
            case Error::time_claim_invalid:
                rules.ignore_expiration = true;
                return drop_time_claims();
            case Error::issuer_missing:
            case Error::issuer_not_accepted:
                rules.accepted_issuers.clear();
                return true;
            case Error::audience_missing:
            case Error::audience_not_accepted:
                rules.accepted_audiences.clear();
                return true;
            default:
                return false;
        }
    }

    bool drop_time_claims() {
        std::string rest;
        claims_->root().each_member([&](std::string_view name, Value value) {
            if (!is_time(name))
                rest.append(rest.empty() ? "" : ",")
                    .append(oauth::json::quoted(name))
                    .append(":")
                    .append(value.to_json());
            return true;
        });
        auto document = Document::parse('{' + rest + '}', {.keep_large_numbers = true});
        if (!document) return false;
        claims_ = std::move(*document);
        return true;
    }

    // A scope may come with another one that implies it.
    void judge_scopes() {
        oauth::ScopeTable table;
        for (const ImpliedScopes& implied : expected_.implied_scopes)
            for (const std::string& narrow : implied.narrow)
                if (const auto broad = table.intern(implied.broad), to = table.intern(narrow); broad && to)
                    table.imply(*broad, *to);
        for (const std::string& scope : expected_.scopes)
            table.intern(scope);
        for (const OperationScopes& rule : expected_.operation_scopes)
            for (const std::string& scope : rule.scopes)
                table.intern(scope);
        table.compile();
        const oauth::ScopeSet granted_scopes = table.granted(claims_->root());
        const auto lacks = [&](const std::string& scope) {
            const auto known = table.intern(scope);
            return !known || !granted_scopes.contains(*known);
        };
        for (const std::string& scope : expected_.scopes)
            if (lacks(scope)) add_missing(scope);
        for (const OperationScopes& rule : expected_.operation_scopes)
            note_operation(rule, lacks);
    }

    // Which operation the token is for, nobody knows here.
    void note_operation(const OperationScopes& rule, const auto& lacks) {
        std::vector<std::string> missing;
        std::ranges::copy_if(rule.scopes, std::back_inserter(missing), lacks);
        const std::string name = rule.selector + ' ' + oauth::json::quoted(rule.pattern);
        const std::string which = missing.size() == rule.scopes.size() && missing.size() == 1 ? "it" : joined(missing);
        report_.operations.push_back(name + " needs " + joined(rule.scopes) +
                                     (missing.empty() ? " (the token has it)" : " (the token lacks " + which + ")"));
        if (!missing.empty()) report_.closed_operations.push_back(name);
    }

    void add_missing(const std::string& scope) {
        report_.reasons.push_back("scope_insufficient: the scope " + oauth::json::quoted(scope) + " is missing (" +
                                  granted(claims_->root()) + "; such a token gets 403, all others 401)");
        report_.remedies.emplace_back(remedy_for(Error::scope_insufficient));
    }

    void note_unchecked_claims() {
        const ClaimsRules& rules = expected_.rules.claims;
        if (rules.accepted_issuers.empty())
            report_.unchecked.emplace_back(expected_.accepts_any_issuer ? "the issuer: any is accepted"
                                                                        : "the issuer: give --issuer");
        if (rules.accepted_audiences.empty()) report_.unchecked.emplace_back("the audience: give --resource");
        if (!expected_.include_folder.empty())
            report_.unchecked.push_back("directives in " + expected_.include_folder + ": nginx may require more");
    }

    std::string_view token_;
    const TokenExpectations& expected_;
    NumericDate now_;
    std::optional<Document> claims_;
    TokenReport report_;
};

}  // namespace

TokenReport judge_answer(const oauth::introspection::Response& answer, const TokenExpectations& expectations,
                         NumericDate now) {
    return Judge("", expectations, now).judge_response(answer);
}

TokenReport judge_token(std::string_view token, const TokenExpectations& expectations, NumericDate now) {
    return Judge(token, expectations, now).judge();
}

}  // namespace cli
