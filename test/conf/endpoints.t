# Where a directive gives the URI of a subrequest, and it has no variables, nginx -t says whether it leads where it should:
# to a location that was written for it, and that clients cannot reach. Both drop-in modules; the place is the directive's.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../prove/lib";
use TestNginx;

my $client   = 'auth_oauth2_token_client_id gateway; auth_oauth2_token_client_secret secret;';
my %features = (
    auth_jwt_key_request                  => 'auth_jwt on',
    auth_oauth2_token_introspect_endpoint => 'auth_oauth2_token_introspect on',
    auth_oauth2_token_token_endpoint      => 'auth_oauth2_token_exchange on',
);
my $off = { 'auth_jwt on' => 'auth_jwt off', map { ("auth_oauth2_token_$_ on" => "auth_oauth2_token_$_ off") } qw(introspect exchange) };
my $feature;

# The messages without their directive, which must be the one under test.
sub check ($name, $http, $passes, @messages) {
    my ($passed, @lines) = nginx_t("$client $http", { 'part.conf' => "\n\n$feature /_as;\n" });
    s/"\Q$feature\E" directive: // for @lines;
    return is_deeply [$passed ? 'passes' : 'fails', @lines], [$passes, @messages], "$feature: $name";
}

sub server ($text) { return "server { listen 127.0.0.1:%%PORT%%; $text }" }
sub bad ($name, $text, $message)  { return check($name, server($text), 'fails', "[emerg] $message") }
sub fine ($name, $text) { return check($name, server($text), 'passes') }

my $mcp      = 'would answer "/_as", but its name does not begin like that URI; write a location for it, with "internal" in it';
my $open     = 'would answer "/_as", but is open to clients; write "internal" in it';
my $no       = 'there is no location for "/_as"; write one, with "internal" in it';

for my $directive (sort keys %features) {
    $feature = $directive;
    my $on  = $features{$feature};
    my $use = "$on; $feature /_as";
    my $not = $off->{$on};

    bad('a typo beside "location /"', "location / { $use; } location = /_az { internal; }", "location \"/\" $mcp");
    bad('no location at all', "location /mcp { $use; } location = /_az { internal; }", $no);
    bad('an open location', "location / { $use; } location = /_as { }", "location = \"/_as\" $open");
    bad('an open location for more', "location / { $use; } location /_as { }", "location \"/_as\" $open");
    bad('another internal location', "location / { $use; internal; }", "location \"/\" $mcp");
    bad('an internal one that is shorter', "location / { $use; } location /_a { internal; }", "location \"/_a\" $mcp");
    bad('a pattern', "location / { $use; } location /_as { internal; } location ~ s\$ { }", "location ~ \"s\$\" $mcp");
    bad('an internal pattern for other things', "location / { $use; } location ~ s\$ { internal; }", "location ~ \"s\$\" $mcp");
    bad('a pattern inside', "location / { $use; } location /_as { internal; location ~ . { internal; } }", "location ~ \".\" $mcp");
    bad('the URI of the server', "$feature /_as; location / { $on; }", "location \"/\" $mcp");
    bad('on in the server', "$on; location / { $feature /_as; }", "location \"/\" $mcp");
    bad('on and URI in the server', "$use; location /mcp { } ", $no);
    bad('inside of "if"', "location /mcp { $use; if (\$arg_a) { set \$a b; } }", $no);
    bad('in a named location', "location /mcp { try_files /none \@mcp; } location \@mcp { $use; }", $no);
    bad('the name of the server', "server_name mcp.example.com; location /mcp { $use; }", "$no (server \"mcp.example.com\")");
    bad('its arguments are not told', "location /mcp { $on; $feature /_as?key=s3cr3t; }", 'there is no location for "/_as?..."; write one, with "internal" in it');
    bad('the root', "location / { $on; $feature /; internal; }", 'location "/" would answer "/", but its name does not begin like that URI; write a location for it, with "internal" in it');
    check('the place is the one of the directive', server("\n location / { $on; include part.conf; }\n\n"), 'fails', "[emerg] location \"/\" $mcp in %%TESTDIR%%/part.conf:3");
    check('the second server', server("location / { $use; } location = /_as { internal; }") . server("server_name b; location /mcp { $use; }"),
        'fails', "[emerg] $no (server \"b\")");

    fine('an exact location', "location / { $use; } location = /_as { internal; }");
    fine('a prefix', "location / { $use; } location /_as { internal; }");
    fine('a part of what is below it', "location / { $on; $feature /_as/keys; } location /_as/ { internal; }");
    fine('a longer one', "location / { $on; $feature /_as/keys; } location /_as/k { internal; } location /_as { }");
    fine('a pattern of its own', "location / { $use; } location ~ ^/_as { internal; } location ~ s\$ { }");
    fine('a pattern with escapes', "location / { $on; $feature /_as.json; } location ~ ^/_as\\.json\$ { internal; }");
    fine('a prefix that is before patterns', "location / { $use; } location ^~ /_as { internal; } location ~ s\$ { }");
    fine('among names that sort around "/"', "location / { $use; } " . join ' ', map { "location = /_as$_ { internal; }" } '', '/', '-', '.', '0', '/-', '-/', 'z');
    fine('a location inside', "location / { $use; } location /_a { location = /_as { internal; } }");
    fine('a location inside of an internal one', "location / { $use; } location /_a { internal; location = /_as { } }");
    fine('arguments', "location / { $on; $feature /_as?a=/b; } location = /_as { internal; }");
    fine('percent-encoding', "location / { $on; $feature /%5fas; } location = /_as { internal; }");
    fine('variables, which only a request has', "location / { $on; $feature /_as/\$host; }");
    fine('nobody uses it', "$feature /_as; location / { }");
    fine('it is off', "location / { $not; $feature /_as; }");
    fine('a location says it better', "$feature /_az; location /mcp { $on; $feature /_as; } location = /_as { internal; }") if $feature ne 'auth_jwt_key_request';    # whose keys add up
    fine('on in the server, off in the location', "$use; location / { $not; }");

    # A server that only redirects has neither switch nor URI of its own.
    my $redirects = server('location / { return 301 https://localhost$request_uri; }');
    check('http level, a server without that location', "$use; $redirects", 'passes', "[warn] location \"/\" $mcp");
    check('http level, all is well', "$use; " . server('location / { } location = /_as { internal; }'), 'passes');
    check('http level, but the location is open', "$use; " . server('location / { } location /_as { }'), 'fails', "[emerg] location \"/_as\" $open");
    check('http level, and the switch in a location', "$feature /_as; " . server("location / { $on; }"), 'fails', "[emerg] location \"/\" $mcp");
}

# --- how long a subrequest may take ---------------------------------------------------------------------------------------

for (['auth_jwt_key_request_timeout', '10s', '1m'], ['auth_oauth2_token_timeout', '1', '30s']) {
    ($feature, my @good) = @$_;
    fine("$feature $_", "location / { $feature $_; }") for @good;
    bad('a time', "location / { $feature soon; }", 'invalid time "soon"');
    bad('no time', "location / { $feature 0; }", 'invalid time "0", it must be at least "1s"');
    check('twice', server("location / { $feature 1s; $feature 2s; }"), 'fails', qq([emerg] "$feature" directive is duplicate));
}

finish();
