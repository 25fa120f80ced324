# Arguments that may be almost any text: what nobody can mean by one is refused, with what would be right. Names that
# directives had before; and mcp_ready and mcp_metrics.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../prove/lib";
use TestNginx;

my %files    = ('good.json' => jwks('p256'));
my $uri      = 'https://mcp.example.com/mcp';
my $complete = "mcp_resource $uri; mcp_authorization_server https://as.example.com; mcp_jwks good.json;";

sub check ($name, $conf, $passes, @messages) {
    my ($passed, @lines) = nginx_t($conf, \%files);
    return is_deeply [$passed ? 'passes' : 'fails', @lines], [$passes, @messages], $name;
}
sub in_server ($text)             { return "server { listen 127.0.0.1:%%PORT%%; $text }" }
sub in_location ($text)           { return in_server("location /mcp { $text }") }
sub emerg ($directive, $message)  { return qq([emerg] "$directive" directive: $message) }
sub bad ($text, $message)         { return check($text, in_location("$text;"), 'fails', emerg($text =~ /\A(\w+)/, $message)) }
sub warns ($text, @messages)      { return check($text, in_location("$complete $text;"), 'passes', map { '[warn] "' . ($text =~ /\A(\w+)/)[0] . qq(" directive: $_) } @messages) }
sub fine ($text)                  { return warns($text) }

# --- names that directives had before -----------------------------------------------------------------------------------

my %now = (
    'mcp_accept_any_issuer on'                       => 'it is now "mcp_insecure_skip_issuer_check", with the same arguments',
    'mcp_max_body 1k'                                => 'it is now "mcp_max_body_size", with the same arguments',
    'mcp_protocol modern'                            => 'it is now "mcp_protocol_versions", which lists revisions: for "modern" write "mcp_protocol_versions 2026-07-28", for "legacy" "mcp_protocol_versions 2025-03-26 2025-06-18 2025-11-25", for "dual" leave it out',
    'mcp_resource_alias api://one api://two'         => 'it is now "mcp_audience", with the same arguments',
    'mcp_token_typ at+jwt'                           => 'it is now "mcp_token_type", with the same arguments',
    'mcp_trusted_certificate /etc/ssl/certs/ca.crt'  => 'it is now "mcp_ssl_trusted_certificate", with the same arguments',
);
for my $text (sort keys %now) {
    my ($former) = $text =~ /\A(\w+)/;
    check("the former name $text in a $_->[0]", $_->[1], 'fails', emerg($former, $now{$text}))
        for ['location', in_location("$text;")], ['server', in_server("$text;")], ['http block', "$text; " . in_server('')], ['location, alone', in_location("$former;")];
}

# --- scopes -------------------------------------------------------------------------------------------------------------

my $comma = 'has a comma; write spaces between several';
for my $directive ('mcp_scope', 'mcp_scope x', 'mcp_scope_implies x', 'mcp_scopes_supported', 'mcp_challenge_scope') {
    bad("$directive $_", qq("$_" $comma)) for 'mcp:read,mcp:write', 'read,';
    bad("$directive $_", qq("$_" is not a scope; leave the directive out to have none)) for qw(on off true False no);
    bad("$directive $_", qq("$_" is not a scope: no variables are possible here; write the value)) for '$scope';
}
bad("mcp_scopes_supported $_", qq("$_" has a "=", as a misspelt parameter has)) for 'a=b', 'api/read=1';
fine("mcp_scope $_") for 'https://api.example.com/read?a=b', 'urn:x=y', 'api/read', 'online', 'a:b.c-d_e~f!g+h';

# --- patterns: one that matches nothing demands nothing -----------------------------------------------------------------

for my $pattern ('write_a,write_b', 'a|b') {
    bad("mcp_scope x $_=$pattern", qq("$pattern" has a comma or a bar, which separate nothing in a pattern; write a directive for each, or a pattern that matches all)) for qw(method tool prompt);
}
for my $pattern ('^write_', '~write_', 'write_$', 'write\\\\w') {
    my $shown = $pattern =~ s/\\\\/\\/r;
    bad("mcp_scope x $_=$pattern", qq("$shown" looks like a regular expression, and is none: "*" stands for any text, "?" for one byte)) for qw(method tool prompt);
}
bad("mcp_scope x $_=\$name", '"$name" is no name: no variables are possible here; write the value') for qw(tool prompt);
for my $method ('mcp_allow_anonymous', 'mcp_scope x method=') {
    my ($space, $directive) = $method =~ /=\z/ ? ('', 'mcp_scope') : (' ', $method);
    bad("$method$space$_", qq("$_" is not a method; leave the directive out to have none)) for qw(on off yes);
    bad("$method$space$_", qq("$_" is no method of JSON-RPC; write one like "tools/list" or "tools/*")) for 'tools%list', 'tools=list', '(tools)';
    bad("$method$space$_", qq("$_" is a URL; write a method like "tools/list")) for 'https://mcp.example.com/mcp';
    bad("$method${space}\$method", '"$method" is not a method: no variables are possible here; write the value');
}
warns("mcp_scope x method=$_", qq(no method of MCP matches "$_"; is it misspelt?)) for qw(tool/call tools Tools/* tools/calls);
fine("mcp_scope x method=$_") for qw(* tools/* */list p?ng logging/setLevel notifications/*);
warns('mcp_allow_anonymous tool/list', 'no method of MCP matches "tool/list"; is it misspelt?');
warns('mcp_allow_anonymous *', 'every request is allowed without a token');
fine("mcp_scope x tool=$_") for 'write_*', 'a.b-c/d', "Zo\xC3\xAB";

# --- what tokens say ----------------------------------------------------------------------------------------------------

for (['mcp_audience', 'an audience'], ['mcp_issuer', 'an issuer']) {
    my ($directive, $what) = @$_;
    bad("$directive $_", qq("$_" $comma)) for 'https://a.example.com,https://b.example.com', 'https://a.example.com,';
    bad("$directive '$_'", qq("$_" has a space, a quote or a control character; each value is an argument of its own)) for 'a b', ' a', 'a"b', "a\tb", "\xFF";
    bad("$directive $_", qq("$_" is not $what; leave the directive out to have none)) for qw(on off true);
    bad("$directive \$host", qq("\$host" is not $what: no variables are possible here; write the value));
    bad("$directive $_", qq("$_" has a "*", but values are compared exactly; write out each of them)) for '*', 'https://*.example.com';
    bad("$directive ''", '"" is empty, and matches no token');
    fine("$directive $_") for 'api://0f1e-2d3c', 'urn:x', 'accounts.google.com', 'https://login.microsoftonline.com/x/v2.0', '0f1e2d3c';
}
bad("mcp_jwks good.json issuer=$_", qq("$_" $comma)) for 'https://a,https://b';
bad("mcp_authorization_server $_", qq("$_" is a list; write spaces between several, and no commas)) for 'https://a.example.com,https://b.example.com', 'https://a.example.com/x,https://b.example.com', 'https://a.example.com,';
bad("mcp_claim_header $_->[0] $_->[1]", $_->[2]) for
    ['X-User,X-Mail', 'sub', 'invalid header name "X-User,X-Mail"; write a directive for each header'],
    ['X-User', 'sub,email', 'invalid claim "sub,email": it must be the name of one, or a path like ".realm_access.roles"'],
    ['X-User', '$jwt_claim_sub', 'invalid claim "$jwt_claim_sub": it must be the name of one, or a path like ".realm_access.roles"'],
    ['X-User', '""', 'invalid claim "": it must be the name of one, or a path like ".realm_access.roles"'];
fine('mcp_claim_header X-Roles https://example.com/roles; mcp_claim_header X-User "a name"');

bad('mcp_introspection https://as.example.com/introspect client_id=$id', '"client_id=$id" is no client id: no variables are possible here; write the value');
check('a zone without a name', 'mcp_zone "" 1m; ' . in_location($complete), 'fails', emerg('mcp_zone', 'the name is empty'));

# --- lists of known words -------------------------------------------------------------------------------------------------

bad("mcp_algorithms $_", qq(unknown algorithm "$_", write spaces between several)) for 'RS256,ES256', 'RS256,';
bad("mcp_protocol_versions $_", qq(unknown revision "$_", write spaces between several)) for '2025-06-18,2025-11-25', '2025-11-25,';
my $origin = 'it must be like "https://host:port", "chrome-extension://id" or "null"';
bad("mcp_allowed_origins $_->[0]", qq(invalid origin "$_->[0]", $origin; $_->[1])) for
    ['*', 'there are no wildcards, list each origin'], ['https://*.example.com', 'there are no wildcards, list each origin'],
    ['https://a.example.com/', 'leave the slash at its end out'], ['https://a.example.com/x', 'an origin has no path, query or user'],
    ['https://a.example.com,https://b.example.com', 'write spaces between several'];
bad("mcp_allowed_origins $_", qq(invalid origin "$_", $origin)) for qw(on a.example.com);

# --- mcp_ready ----------------------------------------------------------------------------------------------------------

check('a probe in a location of its own', in_server("location = /readyz { mcp_ready; } location /mcp { $complete }"), 'passes');
check('a probe without any resource', in_server('location = /readyz { mcp_ready; }'), 'passes');
check("mcp_ready $_->[0]", in_server($_->[1]), 'fails', $_->[2])
    for ['with an argument', 'location / { mcp_ready on; }', '[emerg] invalid number of arguments in "mcp_ready" directive'],
    ['twice', 'location / { mcp_ready; mcp_ready; }', '[emerg] "mcp_ready" directive is duplicate'], ['outside of a location', 'mcp_ready;', '[emerg] "mcp_ready" directive is not allowed here'],
    (map { ["in a protected location: $_", $_, emerg('mcp_ready', qq(a probe brings no token, but "$uri" is protected here; give it a location of its own))] }
        "location /mcp { $complete mcp_ready; }", "location /mcp { $complete location /mcp/ready { mcp_ready; } }"),
    (map { ["where others answer: $_", "location / { $_ }", emerg('mcp_ready', 'another directive answers in this location; give it a location of its own')] } 'mcp_ready; proxy_pass http://127.0.0.1:1;', 'proxy_pass http://127.0.0.1:1; mcp_ready;', 'stub_status; mcp_ready;',
    'mcp_ready; return 200 x;', 'return 204; mcp_ready;', 'mcp_ready; set $x a; return 200 $x;');
check("beside what is no answer: $_", in_server("location / { mcp_ready; $_ }"), 'passes')
    for 'set $x a;', 'if ($request_method = POST) { return 405; }', 'break; return 200 x;';
check('in a location that says off', in_server("location /mcp { $complete location /mcp/ready { mcp_resource off; mcp_ready; } }"), 'passes');

# --- mcp_status ---------------------------------------------------------------------------------------------------------

check('a status page in a location of its own', in_server("location = /status { allow 127.0.0.1; deny all; mcp_status; } location = /status.json { mcp_status; } location /mcp { $complete }"), 'passes');
check("mcp_status $_->[0]", in_server($_->[1]), 'fails', $_->[2])
    for ['with an argument', 'location / { mcp_status on; }', '[emerg] invalid number of arguments in "mcp_status" directive'],
    ['twice', 'location / { mcp_status; mcp_status; }', '[emerg] "mcp_status" directive is duplicate'], ['outside of a location', 'mcp_status;', '[emerg] "mcp_status" directive is not allowed here'],
    ['in a protected location', "location /mcp { $complete mcp_status; }", emerg('mcp_status', qq(a reader of the status page brings no token, but "$uri" is protected here; give it a location of its own))],
    (map { ["where others answer: $_", "location / { $_ }", emerg('mcp_status', 'another directive answers in this location; give it a location of its own')] } 'mcp_ready; mcp_status;', 'mcp_status; proxy_pass http://127.0.0.1:1;', 'mcp_status; return 200 x;');

# --- mcp_metrics --------------------------------------------------------------------------------------------------------

check('metrics in locations of their own, in several servers', in_server("location = /metrics { mcp_metrics; } location = /more { mcp_metrics; } location /mcp { $complete }"), 'passes');
check("mcp_metrics $_->[0]", in_server($_->[1]), 'fails', $_->[2])
    for ['with an argument', 'location / { mcp_metrics on; }', '[emerg] invalid number of arguments in "mcp_metrics" directive'],
    ['twice', 'location / { mcp_metrics; mcp_metrics; }', '[emerg] "mcp_metrics" directive is duplicate'], ['outside of a location', 'mcp_metrics;', '[emerg] "mcp_metrics" directive is not allowed here'],
    ['in a protected location', "location /mcp { $complete mcp_metrics; }", emerg('mcp_metrics', qq(a scraper brings no token, but "$uri" is protected here; give it a location of its own))],
    (map { ["where others answer: $_", "location / { $_ }", emerg('mcp_metrics', 'another directive answers in this location; give it a location of its own')] } 'mcp_metrics; proxy_pass http://127.0.0.1:1;', 'mcp_metrics; return 200 x;', 'stub_status; mcp_metrics;'),
    (map { ["where others of ours answer: $_->[0] $_->[1]", "location / { $_->[0]; $_->[1]; }", emerg($_->[1], 'another directive answers in this location; give it a location of its own')] } ['mcp_ready', 'mcp_metrics'], ['mcp_metrics', 'mcp_ready']);

finish();
