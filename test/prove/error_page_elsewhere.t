# A refused request that an error_page leads to another location is judged there: the response is what a client gets that
# asked there directly, whichever modules protect the two. Nothing of the first refusal is left in it. (The token ends where
# mcp_resource was asked first: no other module gets it.)
use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use TestNginx;
use TestNginx::Mcp;

my $as = run_origin();
$as->answer('/active', body => '{"active":true,"sub":"alice"}');
$as->answer('/inactive', body => '{"active":false}');
$as->answer('/down', status => 500);
my $port = $as->port;

my $native = "mcp_resource $resource; mcp_audience $resource; mcp_authorization_server https://as.example.com;";
my $opaque = 'auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as';
my %modules = (
    native => {
        passes      => "$native mcp_jwks jwks.json;",
        refuses     => "$native mcp_jwks other.json;",
        fails       => "$native mcp_jwks http://127.0.0.1:$port/down;",
        has_no_room => "$native mcp_jwks jwks.json; mcp_rate_limit rate=1r/h algorithm=fixed_window;",
    },
    jwt => {
        passes  => 'auth_jwt x; auth_jwt_key_file jwks.json;',
        refuses => 'auth_jwt x; auth_jwt_key_file other.json;',
        fails   => 'auth_jwt x; auth_jwt_key_request /_as/down;',
    },
    opaque => { passes => "$opaque/active;", refuses => "$opaque/inactive;", fails => "$opaque/down;" },
    either => { refuses => "satisfy any; auth_jwt x; auth_jwt_key_file other.json; $opaque/inactive;" },    # both challenge
);
my %status = (passes => 200, refuses => 401, fails => 503, has_no_room => 429);
my @fields = qw(WWW-Authenticate Cache-Control Allow Retry-After);

my (@places, $locations);
for my $module (sort keys %modules) {
    for my $outcome (sort keys $modules{$module}->%*) {
        push @places, "$module/$outcome";
        $locations .= "location /$module/$outcome { $modules{$module}{$outcome} %%OK%% }\n";
    }
}
for my $first (grep { !/passes/ } @places) {
    my ($module, $outcome) = split m{/}, $first;
    my $page = "error_page $status{$outcome} =";
    $locations .= "location /$first/then/$_ { $modules{$module}{$outcome} $page /$_; %%OK%% }\n" for @places;
    $locations .= "location /$first/page    { $modules{$module}{$outcome} error_page $status{$outcome} /page; %%OK%% }\n";
    $locations .= "location /$first/instead { $modules{$module}{$outcome} $page /page; %%OK%% }\n";
}
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'other.json' => jwks('p256_other') });
    mcp_zone mcp 1m;
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        recursive_error_pages on;
        $locations
        location = /page { return 200 page; }
        location /_as/ { internal; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
my $token = access_token();

sub told ($path, @with) {
    my $response = $nginx->get($path, @with ? @with : (token => $token));
    my %told = map { $_ => [$response->headers($_)] } @fields;
    s/\d+/some seconds/    for $told{'Retry-After'}->@*;         # they pass
    s/\([0-9a-f]{8}\)/(id)/ for $told{'WWW-Authenticate'}->@*;    # of the decision
    return [$response->status, map { [$_ => $told{$_}->@*] } @fields];
}

sub names ($told) { return join ' ', map { $_->[0] } grep { @$_ > 1 } $told->@[1 .. $#$told] }

$nginx->get('/native/has_no_room', token => $token);    # uses its limit up
my %directly = map { $_ => told("/$_") } @places;
my %without_token = map { $_ => /native/ ? $directly{$_} : told("/$_", method => 'GET') } @places;
for my $place (@places) {
    my ($outcome) = $place =~ m{/(.+)};
    is $directly{$place}[0], $status{$outcome}, "$place: $status{$outcome}";
}
for my $first (grep { !/passes/ } @places) {
    my $alone = $first =~ /^native/ ? \%without_token : \%directly;
    is_deeply told("/$first/then/$_"), $alone->{$_}, "$first, then $_: as $_ alone" for @places;
    is_deeply told("/$first/page"), $directly{$first}, "$first, and a page that keeps the status: all of it stays";
    my $instead = told("/$first/instead");
    is $instead->[0], 200, "$first, and a page with another status";
    is names($instead), $first =~ /^native/ ? names($directly{$first}) : '', '... has the challenge of mcp_resource, and of no other module';
}

finish();
