# Bad configuration -> the exact message of `nginx -t`: it names the directive, what is wrong and what would be right.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../prove/lib";
use TestNginx;

my $id     = 'auth_oauth2_token_client_id gateway;';
my $secret = 'auth_oauth2_token_client_secret secret;';
my $client = "$id $secret";
my $on     = 'auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_introspect;';

my $readable =
    '[warn] "auth_oauth2_token_client_secret_file" directive: every user of this machine can read "%%TESTDIR%%/secret"; its mode should be 0600';
my %files  = (secret => "a-secret\n");

# What nginx -t says about a configuration: passed or not, and its messages.
sub check ($name, $http, $location, $passes, @messages) {
    my $conf = "$http server { listen 127.0.0.1:%%PORT%%; location / { $location } location = /_as { internal; } location = /_introspect { internal; } }";
    my ($passed, @lines) = nginx_t($conf, \%files);
    return is_deeply [$passed ? 'passes' : 'fails', @lines], [$passes, @messages], $name;
}

# The last directive of a text is the one that is named in the message.
sub directive ($text) { return ($text =~ /(auth_oauth2_token_\w+)[^;]*;?\s*\z/)[0] }

sub bad ($text, $message) { return check($text, $client, "$text;", 'fails', '[emerg] "' . directive($text) . qq(" directive: $message)) }
sub fine ($text)          { return check("fine: $text", $client, "$text;", 'passes') }
sub bad_http ($text, $message) { return check($text, "$text;", '', 'fails', '[emerg] "' . directive($text) . qq(" directive: $message)) }

# --- who we are -----------------------------------------------------------------------------------------------------------

my $needs_secret = 'it needs "auth_oauth2_token_client_secret_file" or "auth_oauth2_token_client_secret"';
for my $mode ('introspect', 'exchange') {
    my $endpoint = $mode eq 'exchange' ? 'token' : 'introspect';
    my $asks = "auth_oauth2_token_$mode on; auth_oauth2_token_${endpoint}_endpoint /_as;";
    check("$mode without a client", '', $asks, 'fails', qq([emerg] "auth_oauth2_token_$mode" directive: it needs "auth_oauth2_token_client_id"));
    check("$mode without a secret", $id, $asks, 'fails', qq([emerg] "auth_oauth2_token_$mode" directive: $needs_secret));
    check("$mode without an id", $secret, $asks, 'fails', qq([emerg] "auth_oauth2_token_$mode" directive: it needs "auth_oauth2_token_client_id"));
    check("$mode with both", $client, $asks, 'passes');
    check("$mode for the whole http block", "auth_oauth2_token_$mode on;", '', 'fails', qq([emerg] "auth_oauth2_token_$mode" directive: it needs "auth_oauth2_token_client_id"));
    check("$mode off needs nothing", '', "auth_oauth2_token_$mode off;", 'passes');
    check("$mode without an endpoint", $client, "auth_oauth2_token_$mode on;", 'fails', qq([emerg] "auth_oauth2_token_$mode" directive: it needs "auth_oauth2_token_${endpoint}_endpoint"));
}
check('the client may come behind the server', '', "$on } location = /_introspect { internal; } } $client server { location / {", 'passes');

my $twice = 'the secret is set twice; keep one of "auth_oauth2_token_client_secret_file" and "auth_oauth2_token_client_secret"';
bad_http('auth_oauth2_token_client_id ""', 'the client id is empty');
bad_http('auth_oauth2_token_client_secret ""', 'the secret is empty');
bad_http("$secret $secret" =~ s/;\z//r, $twice);
check('a secret and a secret file', "$secret auth_oauth2_token_client_secret_file secret;", '', 'fails', $readable,
    qq([emerg] "auth_oauth2_token_client_secret_file" directive: $twice));
check('a secret file and a secret', "auth_oauth2_token_client_secret_file secret; $secret", '', 'fails', $readable,
    qq([emerg] "auth_oauth2_token_client_secret" directive: $twice));

my $limits = 'auth_oauth2_token_request_limits';
check('limits', "$limits per_server=1 per_client=2 total=3 waiting=1000000;", '', 'passes');
bad_http("$limits per_server=$_", qq("per_server=$_" must be a number from 1 to 1000000)) for '0', '', '-1', '1k', '1000001', '99999999999999999999';
bad_http("$limits total=1 total=2", '"total=2" is given twice');
bad_http("$limits $_", qq("$_" is unknown; there are "per_server=", "per_client=", "total=" and "waiting=")) for 'clients=1', 'total';
check('limits, twice', "$limits total=1; $limits total=1;", '', 'fails', qq([emerg] "$limits" directive is duplicate));
check('limits in a location', '', "$limits total=1;", 'fails', qq([emerg] "$limits" directive is not allowed here));

# --- the secret file --------------------------------------------------------------------------------------------------------


sub with_file ($name, $content, $passes, @messages) {
    local $files{secret} = $content;
    return check("secret file: $name", "$id auth_oauth2_token_client_secret_file secret;", $on, $passes, @messages);
}

sub bad_secret ($text) { return qq([emerg] "auth_oauth2_token_client_secret_file" directive: the secret in "%%TESTDIR%%/secret" $text) }

with_file('one line',                    "a-secret\n",       'passes', $readable);
with_file('no line end',                 'a-secret',         'passes', $readable);
with_file('line ends of another system', "a-secret\r\n\r\n", 'passes', $readable);
with_file('empty',                       '',                 'fails',  bad_secret('is empty'));
with_file('nothing but line ends',       "\n\r\n",           'fails',  bad_secret('is empty'));
with_file('two lines',                   "a\nb\n",           'fails',  bad_secret('has a line break or another control character'));
with_file('NUL',                         "a\0b",             'fails',  bad_secret('has a line break or another control character'));
with_file('5 KB',                        'x' x 5000,         'fails',  '[emerg] "auth_oauth2_token_client_secret_file" directive: cannot read "%%TESTDIR%%/secret": it is larger than 4096 bytes');
bad_http('auth_oauth2_token_client_secret_file absent', 'cannot read "%%TESTDIR%%/absent": No such file or directory');
bad_http('auth_oauth2_token_client_secret_file html', 'cannot read "%%TESTDIR%%/html": it is not a regular file');
{
    my $dir = File::Temp->newdir;
    open my $out, '>', "$dir/secret" or die;
    print {$out} "a-secret\n";
    close $out or die;
    chmod 0600, "$dir/secret";
    check('secret file: for us alone', "$id auth_oauth2_token_client_secret_file $dir/secret;", $on, 'passes');
}

# --- locations ----------------------------------------------------------------------------------------------------------------

bad('auth_oauth2_token_introspect maybe', 'invalid value "maybe", it must be "on" or "off"');
bad('auth_oauth2_token_exchange 1',       'invalid value "1", it must be "on" or "off"');
for my $name (qw(introspect_endpoint token_endpoint)) {
    my $like = 'it must be the one of an internal location, like "/_introspect"';
    bad("auth_oauth2_token_$name https://as.example.com/x", qq(invalid URI "https://as.example.com/x", $like));
    bad("auth_oauth2_token_$name https://user:s3cr3t\@as.example.com/x?key=s3cr3t", qq(invalid URI "https://...\@as.example.com/x?...", $like));
    bad("auth_oauth2_token_$name \@named", qq(invalid URI "\@named", $like));
    bad(qq(auth_oauth2_token_$name ""), qq(invalid URI "", $like));
    fine("auth_oauth2_token_$name /_as/\$host");
}
for my $name (qw(introspect_cache exchange_cache)) {
    my $directive = "auth_oauth2_token_$name";
    bad("$directive max_ttl=1s",            'it needs "zone=name:size"');
    bad("$directive zone=main",             'invalid zone "main", it must be like "zone=name:1m"');
    bad("$directive zone=:1m",              'invalid zone ":1m", it must be like "zone=name:1m"');
    bad("$directive zone=main:many",        'invalid zone size "many"');
    bad("$directive zone=main:4k",          'zone "main" is too small, it needs at least 64k');
    bad("$directive zone=main:1m max_ttl=", 'invalid time ""');
    bad("$directive zone=main:1m max_ttl=-1s", 'invalid time "-1s"');
    bad("$directive zone=main:1m ttl=1s",   'invalid parameter "ttl=..."');
    bad("$directive zone=main:1m client_secret=s3cr3t", 'invalid parameter "client_secret=..."');
    bad("$directive zone=main:1m https://user:s3cr3t\@as.example.com", 'invalid parameter "https://...@as.example.com"');
    fine("$directive zone=main:1m max_ttl=0");
}
fine('auth_oauth2_token_introspect_cache zone=main:64k max_ttl=1m negative_ttl=5s');
fine('auth_oauth2_token_introspect_cache zone=main:64k max_ttl=1m negative_ttl=5s issuer=https://auth.example.com');
fine('auth_oauth2_token_exchange_cache zone=main:64k max_ttl=1m issuer=https://$host/realm');
my $issuer_is_url = 'it must be the URL of the authorization server, like "https://auth.example.com"';
for my $name (qw(introspect_cache exchange_cache)) {
    bad("auth_oauth2_token_$name zone=main:1m issuer=", qq(invalid issuer "", $issuer_is_url));
    bad("auth_oauth2_token_$name zone=main:1m issuer=auth.example.com", qq(invalid issuer "auth.example.com", $issuer_is_url));
    check("$name: issuer= twice", $client, "auth_oauth2_token_$name zone=main:1m issuer=https://a issuer=https://b;", 'fails',
        qq([emerg] "auth_oauth2_token_$name" directive is duplicate));
    my ($mode, $endpoint) = $name =~ /introspect/ ? qw(introspect introspect) : qw(exchange token);
    my $asks = "auth_oauth2_token_$mode on; auth_oauth2_token_${endpoint}_endpoint /_as/\$http_x_tenant; auth_oauth2_token_$name zone=main:1m";
    check("$name: one issuer for many servers", $client, "$asks issuer=https://a;", 'fails',
        qq([emerg] "auth_oauth2_token_$name" directive: "issuer=" is always the same, but the endpoint's URI has variables; )
            . 'name in it by the same variables who answers, or leave it out');
    check("$name: an issuer for each server", $client, "$asks issuer=https://a/\$http_x_tenant;", 'passes');
}
bad('auth_oauth2_token_exchange_cache zone=main:1m negative_ttl=1s', 'invalid parameter "negative_ttl=..."');
check('zones of two sizes', $client, 'auth_oauth2_token_introspect_cache zone=main:1m; auth_oauth2_token_exchange_cache zone=main:2m;', 'fails',
    '[emerg] the size 2097152 of shared memory zone "main" conflicts with already declared size 1048576',
    '[emerg] "auth_oauth2_token_exchange_cache" directive: zone "main" cannot be used here');
bad('auth_oauth2_token_phase content', 'invalid phase "content", it must be "preaccess" or "access"');
bad('auth_oauth2_token_require_audience or=$uri', 'no audience is given');
bad('auth_oauth2_token_require_audience https://a or=text', 'invalid parameter "or=text", it must be like "or=$variable"');
fine('auth_oauth2_token_require_audience https://a or=$nobody_defines_it; auth_oauth2_token_require_audience https://a or=$http_x_of_a_family');
check('or= with text that nobody defines', $client, 'auth_oauth2_token_require_audience https://a or=$host$nowhere;', 'fails', '[emerg] unknown "nowhere" variable');
bad('auth_oauth2_token_require_scope error=403', 'no scope is given');
bad('auth_oauth2_token_require_scope ""', 'a scope is empty');
bad("auth_oauth2_token_require_scope 'a b\"'", 'invalid scope "b"", it must be of visible ASCII characters without " and \\');
bad("auth_oauth2_token_require_scope $_", qq(invalid scope "$_", it has a comma; write spaces between several)) for 'mcp:read,mcp:write', 'a,';
bad('auth_oauth2_token_require_scope a eror=401', 'invalid scope "eror=401", it has a "=", as a misspelt parameter has');
bad('auth_oauth2_token_require_scope a overide=$ok', 'invalid parameter "overide=...", it must be "override=" or "error="');
bad("auth_oauth2_token_www_authenticate $_", qq(invalid challenge "$_", it must be "on", "off", or what the header says)) for qw(On true no);
bad("auth_oauth2_token_require_audience $_", qq(invalid audience "$_", it has a comma; write spaces between several)) for 'https://a,https://b', 'api://x,';
check('commas between the scopes of an exchange', $client, 'auth_oauth2_token_scope a,b;', 'passes', '[warn] "auth_oauth2_token_scope" directive: "a,b" has a comma; RFC 6749 section 3.3 writes spaces between scopes');
bad('auth_oauth2_token_require_audience https://a of=$x', 'invalid parameter "of=...", it must be "or=$variable"');
bad('auth_oauth2_token_require_scope a override=ok', 'invalid parameter "override=ok", it must be like "override=$variable"');
bad("auth_oauth2_token_require_scope a error=$_", qq(invalid error code "$_", it must be 400 to 599, but not 444 or 499)) for qw(399 444 499 600 x);
fine('auth_oauth2_token_require_scope a "b c" $host:read override=$nobody_defines_it error=473; limit_except GET { auth_oauth2_token_require_scope a; } auth_oauth2_token_phase access');
bad('auth_oauth2_token_require text', 'invalid value "text", it must begin with a variable');
bad('auth_oauth2_token_require error=403', 'no value is given');
bad("auth_oauth2_token_require \$uri error=$_", qq(invalid error code "$_", it must be 400 to 599, but not 444 or 499)) for qw(200 399 444 499 600 x);
check('claim_set without $', "$client auth_oauth2_token_claim_set name claim;", '', 'fails',
    '[emerg] "auth_oauth2_token_claim_set" directive: invalid variable "name", it must be like "$name"');
check('claim_set of a variable that is taken', "$client auth_oauth2_token_claim_set \$uri claim;", '', 'fails',
    '[emerg] "auth_oauth2_token_claim_set" directive: the variable "$uri" is defined already, by nginx or by another directive; choose another name');
check("claim_set of a variable that has a value: $_", "$client $_ auth_oauth2_token_claim_set \$x claim;", '', 'fails',
    '[emerg] "auth_oauth2_token_claim_set" directive: the variable "$x" is defined already, by nginx or by another directive; choose another name')
    for 'map $host $x { default 1; }', 'auth_oauth2_token_claim_set $x other;', 'auth_jwt_claim_set $x claim;';
check('claim_set of a variable that gets another value behind it', "$client auth_oauth2_token_claim_set \$x claim; map \$host \$x { default 1; }", '', 'fails',
    '[emerg] the duplicate "x" variable');
check('claim_set twice of the same', "$client auth_oauth2_token_claim_set \$x claim; auth_oauth2_token_claim_set \$x claim;", '', 'passes');
check('claim_set of what is there under another name', "$client auth_oauth2_token_claim_set \$oauth2_token_sub sub;", '', 'passes');
check("claim_set of a built-in name that says more than the claim: $_", "$client auth_oauth2_token_claim_set \$oauth2_token_$_ $_;", '', 'fails',
    qq([emerg] "auth_oauth2_token_claim_set" directive: the variable "\$oauth2_token_$_" is defined already, by nginx or by another directive; choose another name))
    for 'client_id', 'scope';
check('claim_set of a built-in name with another claim', "$client auth_oauth2_token_claim_set \$oauth2_token_sub client_id;", '', 'fails',
    '[emerg] "auth_oauth2_token_claim_set" directive: the variable "$oauth2_token_sub" is defined already, by nginx or by another directive; choose another name');

# --- where a directive may stand, and how often -----------------------------------------------------------------------------

for my $text ('introspect on', 'introspect_endpoint /x', 'introspect_cache zone=a:1m', 'exchange on', 'token_endpoint /x', 'audience a',
    'scope a', 'exchange_cache zone=a:1m', 'www_authenticate off', 'phase access', 'pass_credentials off')
{
    my ($name) = $text =~ /(\w+)/;
    check("$name twice", $client, "auth_oauth2_token_$text; auth_oauth2_token_$text;", 'fails', qq([emerg] "auth_oauth2_token_$name" directive is duplicate));
}
bad('auth_oauth2_token_pass_credentials maybe', 'invalid value "maybe", it must be "on" or "off"');
fine('auth_oauth2_token_pass_credentials off');
check('client_id twice', "$id $id", '', 'fails', '[emerg] "auth_oauth2_token_client_id" directive is duplicate');
for my $text ('client_id a', 'client_secret a', 'client_secret_file secret', 'claim_set $a a') {
    my ($name) = $text =~ /(\w+)/;
    check("$name in a location", '', "auth_oauth2_token_$text;", 'fails', qq([emerg] "auth_oauth2_token_$name" directive is not allowed here));
}

finish();
