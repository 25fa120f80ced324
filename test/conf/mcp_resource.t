# Bad configuration -> the exact message of `nginx -t`: it names the directive, what is wrong and what would be right.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../prove/lib";
use TestNginx;

my %files = ('good.json' => jwks('p256'));
my $uri   = 'https://mcp.example.com/mcp';
my $as    = 'https://as.example.com';

sub check ($name, $conf, $passes, @messages) {
    my ($passed, @lines) = nginx_t($conf, \%files);
    return is_deeply [$passed ? 'passes' : 'fails', @lines], [$passes, @messages], $name;
}

sub in_server ($text)   { return "server { listen 127.0.0.1:%%PORT%%; $text }" }
sub in_location ($text) { return in_server("location /mcp { $text }") }

# The last directive of a text is the one that is named in the message.
sub directive ($text) { return ($text =~ /(\w+)[^;{}]*;?[\s}]*\z/)[0] }
sub emerg ($directive, $message) { return qq([emerg] "$directive" directive: $message) }
sub warning ($directive, $message) { return qq([warn] "$directive" directive: $message) }

sub about ($message) { return "[warn] key file $message" }

sub bad ($text, $message)   { return check($text, in_location("$text;"), 'fails', emerg(directive($text), $message)) }

# A location with all that a resource needs, and something more.
my $complete = "mcp_resource $uri; mcp_authorization_server $as; mcp_jwks good.json;";
sub with ($text) { return in_location("$complete $text;") }
sub refuses ($text, $directive, $message) { return check($text, with($text), 'fails', emerg($directive, $message)) }
sub warns ($text, $message) { return check($text, with($text), 'passes', warning(directive($text), $message)) }
sub fine ($text) { return check("fine: $text", with($text), 'passes') }

# --- URIs ---------------------------------------------------------------------------------------------------------------

my %uris = (
    'mcp.example.com/mcp'            => 'is not absolute (https://host/path)',
    '/mcp'                           => 'is not absolute (https://host/path)',
    'ftp://mcp.example.com/mcp'      => 'is neither https nor http',
    "$uri#part"                      => 'has a fragment',
    'https://user@mcp.example.com/'  => 'has user information before the host',
    'https://'                       => 'has no valid host',
    'https://mcp!.example.com/mcp'   => 'has no valid host',
    'https://mcp.example.com:0/mcp'  => 'has no valid port (1 to 65535)',
    'https://mcp.example.com:x/mcp'  => 'has no valid port (1 to 65535)',
    'https://mcp.example.com/a/../b' => 'has "." or ".." in its path',
    '"https://mcp.example.com/a b"'  => 'has a character that no URI may have',
    "https://mcp.example.com/\xC3\xA9" => 'has a character that no URI may have',
);
for my $text (sort keys %uris) {
    my $shown  = $text =~ s/#.*/#.../r =~ s/user@/...@/r;    # what may be a secret is not shown
    my $quoted = $text =~ /^"/ ? $text : qq("$shown");
    bad("$_ $text", "$quoted $uris{$text}") for qw(mcp_resource mcp_metadata_uri mcp_authorization_server);
}
bad("mcp_resource $uri other", 'invalid parameter "other", it can only be "default"');
bad('mcp_resource off default', '"off" takes no parameter');
bad("mcp_resource $uri/", qq("$uri/" and location "/mcp" differ by a trailing slash; write both with it or both without));
check('a location with a slash, a resource without', in_server("location /mcp/ { $complete }"), 'fails',
    emerg('mcp_resource', qq("$uri" and location "/mcp/" differ by a trailing slash; write both with it or both without)));
check("$_: such locations cannot be compared", in_server("location $_ { $complete }"), 'passes') for '/', '= /mcp', '~ ^/mcp(/|$)', '/other/', '^~ /mcp';
check('a location below one may have its slash', in_location("$complete location /mcp/ { }"), 'passes');

# --- what a resource needs ----------------------------------------------------------------------------------------------

check('no authorization server', in_location("mcp_resource $uri; mcp_jwks good.json;"), 'fails',
    emerg('mcp_resource', qq("$uri" has no "mcp_authorization_server", where clients get a token)));
my $no_way = 'has no way to verify a token; add "mcp_discovery on", "mcp_jwks" or "mcp_introspection"';
check('no keys', in_location("mcp_resource $uri; mcp_authorization_server $as;"), 'fails',
    emerg('mcp_resource', qq("$uri" $no_way)));
check('discovery off is no key', in_location("mcp_resource $uri; mcp_authorization_server $as; mcp_discovery off;"), 'fails',
    emerg('mcp_resource', qq("$uri" $no_way)));
my $unprotected = 'nothing protects this location: add "mcp_resource", or leave the directive out';
my $several = '; for several locations it stands in "server" or "http"';
for my $directive (
    'mcp_scope read', 'mcp_resource_name x', 'mcp_challenge_scope x', 'mcp_allow_anonymous ping', 'mcp_claim_header X-User sub', 'mcp_jwks good.json', "mcp_authorization_server $as", 'mcp_token_type at+jwt',
    'mcp_audience api://x', 'mcp_metadata_uri https://mcp.example.com/m', 'mcp_leeway 1s', 'mcp_discovery on', 'mcp_observe on', 'mcp_allowed_origins https://a.example.com',
) {
    my $unprotected = $unprotected . ($directive =~ /^mcp_(?:scope |allow_anonymous|claim_header|audience|resource_name|metadata_uri)/ ? '' : $several);
    bad($directive, $unprotected);
    check("$directive: also around a location that is protected", in_location("$directive; location /mcp/x { mcp_resource $uri/x; mcp_authorization_server $as; mcp_jwks good.json; }"),
        'fails', emerg(directive($directive), $unprotected));
    check("$directive beside off", in_location("mcp_resource off; $directive;"), 'fails',
        emerg(directive($directive), 'it has no effect in this location, which says "mcp_resource off"'));
}
check('where it is off, nothing is needed', in_location('mcp_resource off;'), 'passes');
check('what all servers share stands above', "mcp_authorization_server $as; mcp_jwks good.json; " . in_location("mcp_resource $uri;"), 'passes');

# --- keys and issuers ---------------------------------------------------------------------------------------------------

my $two = "mcp_resource $uri; mcp_authorization_server $as https://b.example.com;";
sub refuses_keys ($name, $text, $directive, $message) { return check($name, in_location($text), 'fails', emerg($directive, $message)) }
refuses_keys('keys of nobody', "$two mcp_jwks good.json;", 'mcp_jwks',
    '"%%TESTDIR%%/good.json" needs "issuer=...", because there are several issuers');
refuses_keys('keys for one of two', "$two mcp_jwks good.json issuer=$as;", 'mcp_jwks', 'there are no keys for issuer "https://b.example.com"');
refuses_keys('one of two says nothing', "$two mcp_jwks good.json issuer=$as; mcp_jwks good.json;", 'mcp_jwks', '"%%TESTDIR%%/good.json" needs "issuer=...", because there are other keys');
refuses_keys('keys for a stranger', "$two mcp_jwks good.json issuer=https://c.example.com;", 'mcp_jwks', '"https://c.example.com" is not among the accepted issuers');
refuses_keys('keys twice', "$two mcp_jwks good.json issuer=$as; mcp_jwks good.json issuer=$as;", 'mcp_jwks', qq(issuer "$as" has more than one source of keys));
refuses_keys('mcp_issuer replaces what is accepted', "$two mcp_issuer urn:x; mcp_jwks good.json issuer=$as;", 'mcp_jwks', qq("$as" is not among the accepted issuers));
refuses('mcp_discovery on', 'mcp_discovery', 'it cannot be combined with "mcp_jwks"; remove one of the two');
check('two issuers with their keys', in_location("$two mcp_jwks good.json issuer=$as; mcp_jwks good.json issuer=https://b.example.com;"), 'passes');
check('a level that names keys replaces discovery above', 'mcp_discovery on; ' . in_location($complete), 'passes');
check('a level with discovery replaces keys above', 'mcp_jwks good.json; ' . in_location("mcp_resource $uri; mcp_authorization_server $as; mcp_discovery on;"), 'passes');
bad("mcp_jwks good.json $_", qq(invalid parameter "@{[ s/=.*/=.../r ]}", it must be like "issuer=https://...")) for 'jwks', 'issuer=', 'secret=hunter2';
bad("$complete mcp_insecure_skip_issuer_check maybe", 'invalid value "maybe", it must be "on" or "off"');
bad('mcp_discovery maybe', 'invalid value "maybe", it must be "on" or "off"');
bad('mcp_observe maybe', 'invalid value "maybe", it must be "on" or "off"');

# What a directive says must have an effect where it stands.
my $cannot_say = 'with "mcp_discovery" and more than one "mcp_authorization_server" it does not say whose keys verify those tokens; use "mcp_jwks url issuer=..." for each issuer';
refuses_keys('a named issuer of two discovered servers', "$two mcp_discovery on; mcp_issuer urn:x;", 'mcp_issuer', $cannot_say);
my @any = ('[warn] "mcp_insecure_skip_issuer_check" directive: the issuer of tokens is not checked');
sub refuses_any ($name, $text, $directive, $message) { return check($name, in_location($text), 'fails', @any, emerg($directive, $message)) }
refuses_any('any issuer of two discovered servers', "$two mcp_discovery on; mcp_insecure_skip_issuer_check on;", 'mcp_insecure_skip_issuer_check', $cannot_say);
refuses_any('any issuer, where keys are of one', "mcp_resource $uri; mcp_authorization_server $as; mcp_jwks good.json issuer=$as; mcp_insecure_skip_issuer_check on;", 'mcp_insecure_skip_issuer_check',
    'it has no effect where "mcp_jwks" has "issuer="; remove "issuer=", or list the issuers in "mcp_issuer"');
refuses_any('any issuer and a named one', "$complete mcp_issuer urn:x; mcp_insecure_skip_issuer_check on;", 'mcp_issuer', 'it has no effect with "mcp_insecure_skip_issuer_check on"; remove one of the two');
check("$_->[0] at the level of http", "$_->[1] " . in_location("$complete"), 'fails', @{ $_->[2] })
    for ['any issuer and a named one', 'mcp_issuer urn:x; mcp_insecure_skip_issuer_check on;', [@any, emerg('mcp_issuer', 'it has no effect with "mcp_insecure_skip_issuer_check on"; remove one of the two')]],
    ['keys and discovery', 'mcp_jwks good.json; mcp_discovery on;', [emerg('mcp_discovery', 'it cannot be combined with "mcp_jwks"; remove one of the two')]];
{
    local $files{'site.conf'} = "server {\n listen 127.0.0.1:1;\n location /a {\n  mcp_scope x;\n }\n}\n";
    my ($passed, @lines) = nginx_t("include site.conf;\n\n\n", \%files);
    like $lines[0], qr{ in %%TESTDIR%%/site\.conf:4\z}, 'an error that shows when levels are merged tells the line of the directive';
}
check('any issuer, where one is named above', "mcp_issuer urn:x; " . in_location("$complete mcp_insecure_skip_issuer_check on;"), 'passes', @any);
refuses('client_body_in_file_only on; mcp_scope x method=ping', 'client_body_in_file_only', 'it has no effect in a location of "mcp_resource" whose rules read the body; leave it out there');
check('the same, inside', in_location("$complete mcp_scope x method=ping; location /mcp/x { client_body_in_file_only clean; }"), 'fails',
    emerg('client_body_in_file_only', 'it has no effect in a location of "mcp_resource" whose rules read the body; leave it out there'));
fine('client_body_in_file_only on');
check('a limit for bodies that nobody reads', with('mcp_max_body_size 2m'), 'passes', warning('mcp_max_body_size', 'no rule here depends on the body, so nginx does not read it; see "client_max_body_size"'));
check('... and one for bodies that are observed', with('mcp_max_body_size 2m; mcp_observe on'), 'passes');
fine('mcp_max_body_size 2m; mcp_scope x method=ping');
my $caching = 'in a location of "mcp_resource" a caller with a valid token gets cached responses of other callers, unless';
check("${_}_cache", "${_}_cache_path %%TESTDIR%%/cache keys_zone=c:1m; ${_}_cache_key k;" . with("${_}_cache c; ${_}_pass 127.0.0.1:1" =~ s/proxy_pass /proxy_pass http:\/\//r), 'passes',
    warning("${_}_cache", qq($caching "${_}_cache_key" contains the caller: "\$mcp_issuer \$mcp_subject ..." (nginx cannot check this)))) for qw(proxy fastcgi uwsgi scgi);

warns('mcp_insecure_skip_issuer_check on', 'the issuer of tokens is not checked');

my $alone = "mcp_resource $uri; mcp_authorization_server $as;";
sub bad_file ($name, $content, $message) {
    local $files{'bad.json'} = $content;
    return check("a key file: $name", in_location("$alone mcp_jwks bad.json;"), 'fails', emerg('mcp_jwks', $message));
}
my $cannot = 'key file "%%TESTDIR%%/bad.json" cannot be used:';
check('a key file that is not there', in_location("$alone mcp_jwks missing.json;"), 'fails',
    emerg('mcp_jwks', 'key file "%%TESTDIR%%/missing.json" cannot be read: No such file or directory'));
bad_file('no JSON', '<html>', "$cannot the document is not JSON");
bad_file('no keys', '{}', "$cannot the key set has no array of keys");
bad_file('an empty list', '{"keys":[]}', "$cannot there is no key in it");
{
    local $files{'odd.json'} = jwks('rsa_weak', 'p256', 'hmac');
    check('keys that are left out', in_location("$alone mcp_jwks odd.json;"), 'passes',
        about('"%%TESTDIR%%/odd.json": key 1 (kid "rsa_weak") is left out: the RSA modulus of the key is shorter than 2048 bits or longer than 16384'),
        about('"%%TESTDIR%%/odd.json": key 3 (kid "hmac"): is a symmetric key in a set with public keys, so it is not used'));
    local $files{'short.json'} = jwks({ kty => 'oct', k => 'c2VjcmV0', kid => 'short' });
    check('SPEC 73: a short secret', in_location("$alone mcp_jwks short.json;"), 'passes',
        about('"%%TESTDIR%%/short.json": key 1 (kid "short"): has a secret shorter than its hash, which RFC 7518 section 3.2 forbids'));
    check('one file, one warning, however many locations', in_server("location /a { $alone mcp_jwks short.json; } location /b { $alone mcp_jwks short.json; location /b/c { } }"), 'passes',
        about('"%%TESTDIR%%/short.json": key 1 (kid "short"): has a secret shorter than its hash, which RFC 7518 section 3.2 forbids'));
}

# --- introspection ------------------------------------------------------------------------------------------------------

{
    local @files{qw(secret empty lines open)} = ("shh\n", "\n", "a\nb", 'shh');
    my $endpoint = 'https://as.example.com/introspect';
    my $client   = 'client_id=gateway client_secret_file=secret';
    my $opaque   = "mcp_resource $uri; mcp_authorization_server $as;";
    my $zone     = 'mcp_zone mcp 1m;';
    my $no_zone  = warning('mcp_introspection', qq(there is no "mcp_zone" to cache results in: every request is introspected at "$endpoint"));
    my $open     = warning('mcp_introspection', 'every user of this machine can read "%%TESTDIR%%/secret"; its mode should be 0600');

    check('introspection alone', $zone . in_location("$opaque mcp_introspection $endpoint $client;"), 'passes', $open);
    check('beside keys, with all parameters', $zone . in_location("$complete mcp_introspection $endpoint issuer=x negative_ttl=0 max_ttl=5m $client;"), 'passes', $open);
    check('for the whole server', "$zone mcp_introspection $endpoint $client; " . in_location($opaque), 'passes', $open);
    check('without a zone', in_location("$opaque mcp_introspection $endpoint $client;"), 'passes', $open, $no_zone);
    check('plain http', $zone . in_location("$opaque mcp_introspection http://as.example.com/x $client;"), 'passes', $open,
        warning('mcp_introspection', '"http://as.example.com/x" is plain http: tokens can be read and changed on their way'));
    check('off is no way', "$zone mcp_introspection $endpoint $client; " . in_location("$opaque mcp_introspection off;"), 'fails', $open, emerg('mcp_resource', qq("$uri" $no_way)));

    sub bad_introspection ($arguments, $message) {
        my ($passed, @lines) = nginx_t(in_location("$complete mcp_introspection $arguments;"), \%files);
        return is_deeply [$passed, grep { !/warn/ } @lines], ['', emerg('mcp_introspection', $message)], "mcp_introspection $arguments";
    }
    bad_introspection("ftp://as.example.com $client", '"ftp://as.example.com" is not an http or https URL');
    bad_introspection("/introspect $client", '"/introspect" is not an http or https URL');
    bad_introspection("$endpoint client_secret_file=secret", 'it needs "client_id=..."');
    bad_introspection("$endpoint client_id=gateway", 'it needs "client_secret_file=..."');
    bad_introspection("$endpoint client_id=a $client", 'parameter "client_id" appears twice');
    bad_introspection('off on', '"off" takes no parameter');
    bad_introspection("$endpoint $client max_ttl=never", 'invalid time "never"');
    bad_introspection("$endpoint client_id=a client_secret_file=$_->[0]", $_->[1]) for
        ['absent', 'cannot read "%%TESTDIR%%/absent": No such file or directory'],
        ['empty',  'the secret in "%%TESTDIR%%/empty" is empty'],
        ['lines',  'the secret in "%%TESTDIR%%/lines" has a line break or another control character'];
    my $parameters = 'it must be "client_id=", "client_secret_file=", "max_ttl=", "negative_ttl=", "issuer=" or another that docs/DIRECTIVES.md names, and a value';
    bad_introspection("$endpoint $client $_", qq(invalid parameter "@{[ s/=.*/=.../r ]}", $parameters)) for qw(client_secret=hunter2 secret=x issuer=);
    bad_introspection("$endpoint $client hunter2", qq(invalid parameter without "=", $parameters));
}

# --- plain http ---------------------------------------------------------------------------------------------------------

my $plain = 'is plain http: tokens can be read and changed on their way';
check('SPEC 21, 55: a resource by http', in_location("mcp_resource http://mcp.example.com/mcp; mcp_authorization_server $as; mcp_jwks good.json;"), 'passes',
    warning('mcp_resource', qq("http://mcp.example.com/mcp" $plain)));
check('SPEC 21: an authorization server by http', in_location("mcp_resource $uri; mcp_authorization_server http://as.example.com; mcp_jwks good.json;"), 'passes',
    warning('mcp_authorization_server', qq("http://as.example.com" $plain)));
check('SPEC 21: keys by http', in_location("$alone mcp_jwks http://as.example.com/jwks;"), 'passes', warning('mcp_jwks', qq("http://as.example.com/jwks" $plain)));
check("$_ is at home", in_location("mcp_resource http://$_/mcp; mcp_authorization_server http://$_; mcp_jwks http://$_/jwks;"), 'passes') for 'localhost:8080', '127.0.0.1', '[::1]';

# --- metadata -----------------------------------------------------------------------------------------------------------

my $known = '/.well-known/oauth-protected-resource';
refuses("mcp_metadata_uri $_/x", 'mcp_metadata_uri', qq("$_/x" is not at the origin of "$uri", where this server is reached; use "https://mcp.example.com" and a path))
    for 'https://other.example.com', 'http://mcp.example.com', 'https://mcp.example.com:8443';
refuses("mcp_metadata_uri $_", 'mcp_metadata_uri', qq("$_" has no path)) for 'https://mcp.example.com', 'https://mcp.example.com?x';
check('a metadata URI where a location stands', in_server("location = /healthz { return 200; } location /mcp { $complete mcp_metadata_uri https://mcp.example.com/healthz; }"), 'fails',
    emerg('mcp_metadata_uri', qq("location = /healthz" is never reached: the metadata of "$uri" is served there; choose another path)));
check('the same among names that sort around "/"', in_server(join ' ', (map { "location = /meta$_ { return 200; }" } '/a', '-'), "location /mcp { $complete mcp_metadata_uri https://mcp.example.com/meta-; }"), 'fails',
    emerg('mcp_metadata_uri', qq("location = /meta-" is never reached: the metadata of "$uri" is served there; choose another path)));
my $well_known = '/.well-known/oauth-protected-resource/mcp';
check('a location where metadata stands anyway', in_server("location = $well_known { return 200; } location = /.well { return 200; } location /mcp { $complete }"), 'passes',
    warning('mcp_resource', qq("location = $well_known" is never reached: the metadata of "$uri" is served there)));
check('other locations at the beginning of its path', in_server("location /.well-known/ { return 200; } location = /.well-known/oauth { return 200; } location = /.well-known/oauth-protected-resource/mcpx { return 200; } location /mcp { $complete }"), 'passes');
refuses('mcp_metadata_uri https://mcp.example.com', 'mcp_metadata_uri', '"https://mcp.example.com" has no path');
refuses("mcp_metadata_uri $uri", 'mcp_metadata_uri', qq("$uri" is the resource itself));
fine('mcp_metadata_uri HTTPS://MCP.example.com:443/metadata');
sub two_resources ($first, $second, @more) {
    my $common = "mcp_authorization_server $as; mcp_jwks good.json;";
    return in_server("$common location /a { mcp_resource $first; } location /b { mcp_resource $second; @more }");
}
sub conflict ($first, $second, $path) { return emerg('mcp_resource', qq("$first" and "$second" of one server would have different metadata at "$path"; give both the same "mcp_authorization_server" and "mcp_scopes_supported", and "mcp_resource_name" and its like)) }
check('two resources', two_resources('https://h.example.com/a', 'https://h.example.com/b'), 'passes');
check('one of them is the default', two_resources('https://h.example.com/a', 'https://h.example.com/b default'), 'passes');
check('both are', two_resources('https://h.example.com/a default', 'https://h.example.com/b default'), 'fails',
    conflict('https://h.example.com/a', 'https://h.example.com/b', $known));
check('one path for two', two_resources('https://h.example.com/a', 'https://i.example.com/a'), 'fails', conflict('https://h.example.com/a', 'https://i.example.com/a', "$known/a"));
check('a metadata URI that is taken', two_resources('https://h.example.com/a', 'https://h.example.com/b', "mcp_metadata_uri https://h.example.com$known/a;"), 'fails',
    conflict('https://h.example.com/a', 'https://h.example.com/b', "$known/a"));
check('one resource in two locations', two_resources('https://h.example.com/a', 'https://h.example.com/a'), 'passes');
check('which says two things', two_resources('https://h.example.com/a', 'https://h.example.com/a', 'mcp_scope x;'), 'fails',
    conflict('https://h.example.com/a', 'https://h.example.com/a', "$known/a"));

# --- policy -------------------------------------------------------------------------------------------------------------

for my $scope ('"a b"', 'a\\\\b', "'a\"b'", '""', "\xC3\xA9") {
    my $said = $scope =~ s/\A["']|["']\z//gr =~ s/\\\\/\\/r;
    my $is = $said =~ / / ? 'has a space; each scope is an argument of its own' : 'is no scope: RFC 6749 section 3.3 allows no quote and no backslash in it';
    bad("$_ x $scope", qq("$said" $is)) for qw(mcp_scope mcp_scope_implies mcp_scopes_supported mcp_challenge_scope);
}
bad("mcp_scope $_=x", 'no scope is given') for qw(method tool prompt resource);
bad("mcp_scope read $_=", qq("$_=" is empty; remove it, or write a pattern like "@{[ $_ eq 'method' ? 'tools/*' : 'write_*' ]}")) for qw(method tool prompt resource);
my @twice = (['method=a', 'method=b'], ['tool=a', 'tool=b'], ['prompt=a', 'tool=b'], ['tool=a', 'resource=b']);
bad("mcp_scope read @$_", qq("$_->[1]" selects once more what another parameter selects; leave one of them out, or write two directives)) for @twice;
bad("mcp_scope read $_=x", qq(unknown selector "$_=x", it must be "method=", "tool=", "prompt=" or "resource=")) for qw(tol tools uri methods scope names);
bad("mcp_scope read $_=x", qq(unknown selector "$_=x", it must be "method=", "tool=", "prompt=" or "resource=")) for qw(Tool TOOL R);
bad("mcp_scope read method=tools/call name=$_", qq("name=" is now "tool=", "prompt=" or "resource=": which of them is "$_"?)) for 'write_*', '';
refuses("mcp_scope read method=$_->[0] $_->[1]", 'mcp_scope', qq("method=$_->[0]" and "$_->[1]" together match no request; leave one of them out, or write two directives))
    for (map { [$_, 'tool=x'] } qw(tools/list ping tasks/get initialize prompts/* resources/read)), ['tools/*', 'prompt=x'], ['prompts/get', 'resource=file:///x'], ['resources/list', 'resource=file:///x'], ['tasks/*', 'resource=file:///x'];
fine("mcp_scope read method=$_->[0] $_->[1]") for ['tools/call', 'tool=x'], ['*', 'prompt=x'], ['resources/read', 'resource=file:///x'], ['*subscribe', 'resource=file:///x'];
refuses("mcp_scope read resource=$_->[0]", 'mcp_scope', qq(the pattern "$_->[0]" matches no URI, since it $_->[1]))
    for ['FILE:///srv/*', 'has capital letters in its scheme'], ['file:///a/../b*', 'has "." or ".." in its path'], ['file://localhost/*', 'names the host of a file'];
bad('mcp_allow_anonymous ""', '"" is empty, and matches no method');
bad("mcp_leeway $_", qq(invalid time "$_", it must be at most "1h")) for qw(3601 2h 100000d);
fine('mcp_leeway 1h');
check("a URL of another scheme is no file: $_", in_location("$alone mcp_jwks $_;"), 'fails', emerg('mcp_jwks', qq("$_" is not an http or https URL) =~ s{//.*@}{//...@}r =~ s{\?[^"]*}{?...}r))
    for 'HTTPS://user:hunter2@as.example.com/jwks', 'ftp://user:hunter2@as.example.com/jwks?key=hunter2';
fine("mcp_scope $_") for qw(https://api.example.com/read?a=b urn:x=y);
refuses('mcp_scope_implies a b; mcp_scope_implies b a', 'mcp_scope_implies', 'scope "a" implies itself');
refuses('mcp_scope_implies a a', 'mcp_scope_implies', 'scope "a" implies itself');
refuses('mcp_scope ' . join(' ', map { "s$_" } 1 .. 257), 'mcp_scope', 'more than 256 different scopes');
warns('mcp_scope offline_access', '"offline_access" is between client and authorization server, a resource demands no such scope');
warns('mcp_scopes_supported offline_access', '"offline_access" is between client and authorization server, a resource demands no such scope');
fine('mcp_scope a b method=tools/* tool=x; mcp_scope c; mcp_scope_implies a b c; mcp_scopes_supported a b');

bad("mcp_allowed_origins $_->[0]", qq(invalid origin "$_->[1]", it must be like "https://host:port", "chrome-extension://id" or "null"))
    for map { ref ? $_ : [$_, $_] } 'Null', 'moz-extension://', 'Chrome-Extension://abc', 'vscode-webview://a/b', 'file://host', 'a.example.com', 'ftp://a.example.com', ['""', ''];
warns('mcp_allowed_origins null', 'any page can send the origin "null", from a frame that it puts into a sandbox');
fine("mcp_allowed_origins $_") for 'chrome-extension://abcdefghijklmnopabcdefghijklmnop moz-extension://0f1e2d3c-aaaa', 'vscode-webview://1abc', 'tauri://localhost:1420 app://obsidian.md';

# --- what the metadata says to people -------------------------------------------------------------------------------------

bad('mcp_resource_name ""', 'the name is empty');
bad("mcp_resource_name $_", 'the name must be UTF-8 without control characters') for "\xFF", "\"a\nb\"", "\xC2\x85";
bad("mcp_resource_name Wetter $_", qq(invalid parameter "@{[ s/=.*/=.../r ]}", it must be like "language=de")) for map { "language=$_" } '', 'd', '-de', 'de-', 'de--at', 'de_AT', 'x-de', 'abcdefghi', 'de-abcdefghi', "d\xC3\xA9";
bad('mcp_resource_name Wetter lang=de', 'invalid parameter "lang=...", it must be like "language=de"');
for my $directive (qw(mcp_resource_documentation mcp_resource_policy_uri mcp_resource_tos_uri)) {
    bad("$directive $_->[0]", qq("$_->[1]" $_->[2])) for
        ['/docs', '/docs', 'is not absolute (https://host/path)'], ['ftp://example.com/', 'ftp://example.com/', 'is neither https nor http'], ['https://user:hunter2@example.com/', 'https://...@example.com/', 'has user information before the host'],
        ['https://example.com/docs#a#b', 'https://example.com/docs#...', 'has a character in its fragment that no URI may have'], ['"https://example.com/a b"', 'https://example.com/a b', 'has a character that no URI may have'];
    fine("$directive https://example.com/docs?x=1#part");
    fine("$directive https://example.com/de/docs language=de-AT; $directive https://example.com/docs");
    check("$directive twice", with("$directive https://a.example.com; $directive https://b.example.com"), 'fails', qq([emerg] "$directive" directive is duplicate));
    check("$directive stands above as well", "$directive https://example.com/docs; " . in_location($complete), 'passes');
}
check('a name in one language twice', with('mcp_resource_name a language=de; mcp_resource_name b language=DE'), 'fails', '[emerg] "mcp_resource_name" directive is duplicate');
fine('mcp_resource_name "Das Wetter" language=de; mcp_resource_name "The Weather"');
check('two names of one resource', two_resources('https://h.example.com/a', 'https://h.example.com/a', 'mcp_resource_name x;'), 'fails', conflict('https://h.example.com/a', 'https://h.example.com/a', "$known/a"));

# --- what a client without a token is told --------------------------------------------------------------------------------

my $lacks = sub ($scopes, $named = $uri) { return qq(a token with no more than these scopes lacks "$scopes", which every request to "$named" needs ("mcp_scope"); add it) };
refuses('mcp_scope mcp:read mcp:list; mcp_challenge_scope mcp:write mcp:list', 'mcp_challenge_scope', $lacks->('mcp:read'));
check('SPEC 5: a challenge above that is too small below', 'mcp_challenge_scope mcp:write; ' . in_location("$complete mcp_scope mcp:read;"), 'fails', emerg('mcp_challenge_scope', $lacks->('mcp:read')));
fine('mcp_scope mcp:read; mcp_scope mcp:write tool=write_*; mcp_challenge_scope mcp:read mcp:write');
fine('mcp_scope mcp:read; mcp_scope_implies mcp:admin mcp:read; mcp_challenge_scope mcp:admin');
fine('mcp_scopes_supported openid; mcp_challenge_scope openid');
warns('mcp_scope mcp:read; mcp_challenge_scope mcp:read mcp:wirte', 'clients ask for "mcp:wirte", which neither "mcp_scope" nor "mcp_scopes_supported" names; is it misspelt?');
warns('mcp_scope offline_access_x; mcp_scopes_supported x; mcp_challenge_scope offline_access_x x y', 'clients ask for "y", which neither "mcp_scope" nor "mcp_scopes_supported" names; is it misspelt?');
check('SPEC 7: no offline_access', with('mcp_scopes_supported x; mcp_challenge_scope x offline_access'), 'passes',
    warning('mcp_challenge_scope', '"offline_access" is between client and authorization server, a resource demands no such scope'),
    warning('mcp_challenge_scope', 'clients ask for "offline_access", which neither "mcp_scope" nor "mcp_scopes_supported" names; is it misspelt?'));

# --- single arguments -----------------------------------------------------------------------------------------------------

bad("mcp_protocol_versions 2025-11-25 $_", qq(unknown revision "@{[ tr/"//dr ]}", it must be of "2024-11-05 2025-03-26 2025-06-18 2025-11-25 2026-07-28"; without the directive every one is served))
    for 'dual', '2025-11-26', '2031-01-01', '""';
bad('mcp_protocol_versions 2025-11-25 2026-07-28 2025-11-25', 'revision "2025-11-25" appears twice');
fine('mcp_protocol_versions 2026-07-28 2024-11-05 2025-03-26 2025-06-18 2025-11-25');
bad("mcp_claim_header $_ sub", qq(invalid header name "$_")) for 'X:User', 'X/User', "X\xC3\xA9";
bad("mcp_claim_header $_ sub", qq(header "$_" is reserved and cannot carry a claim, use one like "X-User"))
    for qw(Authorization authorization Host Content-Length Transfer-Encoding Connection Mcp-Name X-Forwarded-For x_forwarded_for Cookie User-Agent Range If-Range If-Match Via Referer Accept-Encoding
    Content-Encoding Content-Type X-Real-IP X-HTTP-Method-Override Proxy-Authorization proxy_authorization Origin Proxy Early-Data Max-Forwards);
bad("mcp_claim_header X-User sub; mcp_claim_header $_ email", qq(header "$_" is set twice, as "X-User" before)) for qw(X-User x-user X_User);
bad('mcp_claim_header X-User .a..b', 'invalid claim ".a..b": a name is missing');
bad("mcp_leeway $_", qq(invalid time "$_")) for 'x', '-5', '99999999999999999999';
bad("mcp_algorithms RS256 $_", qq(unknown algorithm "$_", use names like "RS256")) for 'none', 'rs256', 'RS1', 'HS';
bad('mcp_token_type jwt', 'invalid typ "jwt", it must be "any" or "at+jwt"');
bad("mcp_backend_rcvbuf $_", qq(invalid size "$_", it must be between 16k and 64m)) for '0', 'x', '15k', '65m', '-1';
fine('mcp_backend_rcvbuf 256k');
bad("mcp_max_body_size $_", qq(invalid size "$_", it must be between 1 and 16m)) for '0', 'x', '17m', '-1';

# --- the http level -----------------------------------------------------------------------------------------------------

my $server = in_location($complete);

my $proxy_form = 'it must be like "http://proxy.example.com:3128"; a name and a password are given in "user=" and "password_file="';
{
    my %proxies = (
        'https://proxy.example.com'           => qq(invalid proxy "https://proxy.example.com", $proxy_form),
        'proxy.example.com:3128'              => qq(invalid proxy "proxy.example.com:3128", $proxy_form),
        'socks5://proxy.example.com'          => qq(invalid proxy "socks5://proxy.example.com", $proxy_form),
        'http://me:secret@proxy.example.com'  => qq(invalid proxy "http://...\@proxy.example.com", $proxy_form),
        'http://proxy.example.com/path'       => qq(invalid proxy "http://proxy.example.com/path", $proxy_form),
        'http://p user=me'                    => '"user=" and "password_file=" need each other',
        'http://p user=a:b'                   => 'invalid "user=", it must have no colon and no control character',
        'http://p user='                      => 'invalid parameter "user=...", it must be "user=", "password_file=" or "no_proxy=" and a value',
        'http://p password=x'                 => 'invalid parameter "password=...", it must be "user=", "password_file=" or "no_proxy=" and a value',
        'http://p secret'                     => 'invalid parameter without "=", it must be "user=", "password_file=" or "no_proxy=" and a value',
        'http://p no_proxy=a,b:80'            => 'invalid host "b:80" in "no_proxy=", it must be a name or an IP address (IPv6 in brackets), or "." and a name for all below that',
        'http://p no_proxy='                  => 'invalid host "" in "no_proxy=", it must be a name or an IP address (IPv6 in brackets), or "." and a name for all below that',
    );
    check("mcp_proxy $_", "mcp_proxy $_; $server", 'fails', emerg('mcp_proxy', $proxies{$_})) for sort keys %proxies;
    check("fine: mcp_proxy $_", "mcp_proxy $_; $server", 'passes') for 'http://proxy.example.com:3128', 'http://[2001:db8::1]', 'http://p/ no_proxy=a,.b.example.com,*.c,10.0.0.1,[::1]';
}
check("mcp_keys_max_age $_", "mcp_keys_max_age $_; $server", 'fails', emerg('mcp_keys_max_age', qq(invalid time "$_", it must be between "5s" and "24h"))) for '4s', '0', '25h';
check("fine: mcp_keys_max_age $_", "mcp_keys_max_age $_; $server", 'passes') for '5s', '24h';
check("mcp_zone mcp $_", "mcp_zone mcp $_; $server", 'fails', emerg('mcp_zone', qq(invalid size "$_", it must be at least 64k))) for '8k', 'x', '0';
check('mcp_zone twice', "mcp_zone a 64k; mcp_zone b 64k; $server", 'fails', '[emerg] "mcp_zone" directive is duplicate');
check('a zone', "mcp_zone mcp 64k; $server", 'passes');
check('a trusted certificate that is not there', 'mcp_ssl_trusted_certificate missing.pem; ' . in_location("$alone mcp_jwks https://as.example.com/jwks;"), 'fails',
    emerg('mcp_ssl_trusted_certificate', '"%%TESTDIR%%/missing.pem": No such file or directory'));
{
    local $files{'empty.pem'} = '';
    check('a trusted certificate that is none', 'mcp_ssl_trusted_certificate empty.pem; ' . in_location("$alone mcp_jwks https://as.example.com/jwks;"), 'fails',
        emerg('mcp_ssl_trusted_certificate', '"%%TESTDIR%%/empty.pem": no certificate or crl found'));
}

for my $once ("mcp_resource $uri", "mcp_metadata_uri https://mcp.example.com/m", 'mcp_insecure_skip_issuer_check off', 'mcp_discovery off', 'mcp_protocol_versions 2025-11-25', 'mcp_leeway 1s', 'mcp_algorithms RS256', 'mcp_token_type any', 'mcp_max_body_size 1k', 'mcp_backend_rcvbuf 64k') {
    check("$once, twice", in_location("$once; $once;"), 'fails', '[emerg] "' . directive($once) . '" directive is duplicate');
}
check("$_ stands in a location", in_server("$_;"), 'fails', '[emerg] "' . directive($_) . '" directive is not allowed here')
    for "mcp_resource $uri", "mcp_audience $uri", "mcp_metadata_uri $uri", 'mcp_scope x', 'mcp_resource_name x', 'mcp_allow_anonymous ping', 'mcp_claim_header X-User sub';
check("$_ stands in http", in_server("$_;"), 'fails', '[emerg] "' . directive($_) . '" directive is not allowed here') for 'mcp_zone a 64k', 'mcp_ssl_trusted_certificate x', 'mcp_proxy http://p', 'mcp_keys_max_age 1h', 'mcp_max_anonymous_bodies 1m';
check('not in an if', in_location('if ($host) { mcp_resource off; }'), 'fails', '[emerg] "mcp_resource" directive is not allowed here');
check("$_ without arguments", in_location("$_;"), 'fails', qq([emerg] invalid number of arguments in "$_" directive))
    for qw(mcp_resource mcp_audience mcp_metadata_uri mcp_authorization_server mcp_issuer mcp_insecure_skip_issuer_check mcp_jwks mcp_discovery mcp_scope mcp_scope_implies
    mcp_scopes_supported mcp_challenge_scope mcp_resource_name mcp_resource_documentation mcp_resource_policy_uri mcp_resource_tos_uri mcp_allow_anonymous mcp_allowed_origins mcp_protocol_versions mcp_claim_header mcp_leeway mcp_algorithms mcp_token_type mcp_max_body_size);

finish();
