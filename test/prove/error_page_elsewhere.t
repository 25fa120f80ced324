# A refused request that an error_page leads to another location is judged there. The response is what a client gets that
# asked there directly, whichever modules protect the two, and nothing of the first refusal is left in it; but a page that
# keeps the status of the refusal keeps what belongs to it. (The token ends where mcp_resource was asked first: no other
# module gets it.)
use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use TestNginx;
use TestNginx::Mcp;

my $as      = run_origin();
my $backend = run_origin();
$as->answer('/active', body => '{"active":true,"sub":"alice"}');
$as->answer('/inactive', body => '{"active":false}');
$as->answer('/down', status => 500);
$backend->answer($_, headers => [['X-Accel-Redirect', $_], ['Cache-Control', 'private, no-store']]) for qw(/file /refused-file);
$backend->answer('/step-up', status => 401, headers => [['WWW-Authenticate', 'Bearer acr_values="gold"']]);
my ($port, $back) = ($as->port, $backend->port);

my $native = "mcp_resource $resource; mcp_audience $resource; mcp_authorization_server https://as.example.com;";
my $opaque = 'auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as';
my $basic  = 'auth_basic b; auth_basic_user_file users;';
my %modules = (
    native => {
        passes       => "$native mcp_jwks jwks.json;",
        refuses      => "$native mcp_jwks other.json;",
        fails        => "$native mcp_jwks http://127.0.0.1:$port/down;",
        has_no_room  => "$native mcp_jwks jwks.json; mcp_rate_limit rate=1r/h algorithm=fixed_window;",
        has_no_scope => "$native mcp_jwks jwks.json; mcp_scope none_has;",
        has_no_get   => "$native mcp_jwks jwks.json; mcp_protocol_versions 2026-07-28;",
    },
    jwt => {
        passes       => 'auth_jwt x; auth_jwt_key_file jwks.json;',
        refuses      => 'auth_jwt x; auth_jwt_key_file other.json;',
        fails        => 'auth_jwt x; auth_jwt_key_request /_as/down;',
        has_no_scope => 'auth_jwt x; auth_jwt_key_file jwks.json; auth_jwt_require_scope none_has;',
        early        => 'auth_jwt x; auth_jwt_key_file other.json; auth_jwt_phase preaccess;',
    },
    opaque => { passes  => "$opaque/active;", refuses => "$opaque/inactive;", fails => "$opaque/down;" },
    either => { refuses => "satisfy any; auth_jwt x; auth_jwt_key_file other.json; $opaque/inactive;" },    # both challenge
);
my $private = 'auth_jwt x; auth_jwt_key_file jwks.json; auth_jwt_require_scope none_has error=473;';
my %status = (
    passes       => 200,
    refuses      => 401,
    early        => 401,
    has_no_scope => 403,
    has_no_get   => 405,
    has_no_room  => 429,
    fails        => 503,
);
my @fields = qw(WWW-Authenticate Cache-Control Allow Retry-After);

my (@places, $locations);
for my $module (sort keys %modules) {
    for my $outcome (sort keys $modules{$module}->%*) {
        push @places, "$module/$outcome";
        $locations .= "location /$module/$outcome { $modules{$module}{$outcome} %%OK%% }\n";
        $locations .= "location \@$module-$outcome { $modules{$module}{$outcome} %%OK%% }\n";
    }
}
for my $first (grep { !/passes/ } @places) {
    my ($module, $outcome) = split m{/}, $first;
    my ($rules, $page) = ($modules{$module}{$outcome}, "error_page $status{$outcome}");
    for my $second (@places) {
        my $name = $second =~ s{/}{-}r;
        $locations .= "location /$first/then/$second  { $rules $page = /$second; %%OK%% }\n";
        $locations .= "location /$first/named/$second { $rules $page = \@$name; %%OK%% }\n";
        $locations .= "location /$first/kept/$second  { $rules $page /$second; %%OK%% }\n";
    }
    $locations .= "location /$first/page    { $rules $page /page; %%OK%% }\n";
    $locations .= "location /$first/instead { $rules $page = /page; %%OK%% }\n";
}
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'other.json' => jwks('p256_other'), users => "a:b\n" });
    mcp_zone mcp 1m;
    mcp_scopes_supported mcp:read none_has;
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    log_format challenge escape=none '\$request_uri \$status \$sent_http_www_authenticate';
    server {
        access_log %%TESTDIR%%/access.log challenge;
        listen 127.0.0.1:%%PORT%%;
        recursive_error_pages on;
        $locations
        location = /page  { return 200 page; }
        location = /afterwards  { $modules{jwt}{refuses} post_action /other_realm; %%OK%% }
        location = /other_realm { auth_jwt other; auth_jwt_key_file other.json; %%OK%% }
        location /any/    { error_page 401 /open/any; $modules{jwt}{refuses} %%OK%% }
        location /any-native/ { error_page 403 405 /page; $modules{native}{has_no_get} mcp_allowed_origins https://app.example.com; satisfy any; allow all; %%OK%% }
        location /open/any { satisfy any; allow all; $modules{jwt}{refuses} %%OK%% }
        location /basic/jwt    { error_page 401 /jwt/passes; $modules{jwt}{passes} $basic %%OK%% }
        location /basic/native { error_page 401 /native/passes; $modules{native}{passes} $basic %%OK%% }
        location /step-up/jwt    { error_page 401 /jwt/passes; $modules{jwt}{passes} proxy_pass http://127.0.0.1:$back/step-up; proxy_intercept_errors on; }
        location /step-up/native { error_page 401 /native/passes; $modules{native}{passes} proxy_pass http://127.0.0.1:$back/step-up; proxy_intercept_errors on; }
        location = /file { internal; $modules{jwt}{passes} %%OK%% }
        location = /refused-file { internal; $modules{jwt}{refuses} error_page 401 = /jwt/passes; %%OK%% }
        # The soft refusal comes first: nginx asks the module that was loaded last before the others.
        location /soft-then-hard { satisfy any; $modules{opaque}{refuses} $modules{jwt}{fails} error_page 503 = /opaque/passes; %%OK%% }
        location /gets    { $modules{native}{has_no_get} error_page 405 = /no-gets; %%OK%% }
        location /no-gets { $modules{native}{has_no_get} satisfy any; deny all; %%OK%% }
        location /private { $private error_page 473 /jwt/passes; %%OK%% }
        location /private-alone { $private %%OK%% }
        location /denied  { deny all; error_page 403 /let-in; }
        location /let-in  { satisfy any; $modules{native}{passes} allow all; %%OK%% }
        location /refused-file/  { proxy_pass http://127.0.0.1:$back/refused-file; }
        location /file/  { proxy_pass http://127.0.0.1:$back/file; }
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

sub logged ($path) {
    my $line;
    wait_for(10, sub { ($line) = TestNginx::Report::slurp($nginx->dir . '/access.log') =~ m{^\Q$path\E (.*)$}m });
    return $line =~ s/^403\K .*//r;
}

sub challenges ($told) { return $told->[1]->@[1 .. $told->[1]->$#*] }

# --- from one location to another -------------------------------------------------------------------------------------------

$nginx->get('/native/has_no_room', token => $token);    # uses its limit up
my %directly = map { $_ => told("/$_") } @places;
my %without_token = map { $_ => /native/ ? $directly{$_} : told("/$_", method => 'GET') } @places;
for my $place (@places) {
    my ($outcome) = $place =~ m{/(.+)};
    is $directly{$place}[0], $status{$outcome}, "$place: $status{$outcome}";
}
is scalar(my @both = challenges($directly{'either/refuses'})), 2, 'where one of two modules is enough, both challenge';

my @seen = grep { my $field = $_; grep { $_->[$field] && $_->[$field]->$#* } values %directly } 1 .. @fields;
is scalar(@seen), scalar(@fields), 'each of the headers is in some of the responses';

for my $first (grep { !/passes/ } @places) {
    my $alone = $first =~ /^native/ ? \%without_token : \%directly;
    for my $second (@places) {
        my $name = "$first, then $second";
        if ($second =~ /^either/) {    # a challenge too many there, and never one too few
            my %told = map { $_ => 1 } challenges(told("/$first/then/$second"));
            is_deeply [grep { !$told{$_} } challenges($alone->{$second})], [], "$name: all who could let it pass challenge";
            next;
        }
        is_deeply told("/$first/then/$second"), as_if_alone($first, $second, $alone), "$name: as $second alone";
        is_deeply told("/$first/named/$second"), as_if_alone($first, $second, $alone), '... by its name';
        my $passes = $alone->{$second}[0] == 200;
        is_deeply told("/$first/kept/$second"), $passes ? $directly{$first} : as_if_alone($first, $second, $alone),
          $passes ? '... and the status of the refusal keeps its headers' : '... which has a status of its own';
    }
    is_deeply told("/$first/page"), $directly{$first}, "$first, and a page that keeps the status: all of it stays";
    my $instead = told("/$first/instead");
    is $instead->[0], 200, "$first, and a page with another status";
    is_deeply [$instead->@[1, 3, 4]], [map { [$_] } @fields[0, 2, 3]], '... has nothing that belongs to the refusal';
    is $instead->[2][1], $directly{$first}[2][1], '... but is stored no more than that';
}

# Of mcp_resource alone: nobody else knows who has said "no-store", and it does no harm.
sub as_if_alone ($first, $second, $alone) {
    my @expected = map { ref ? [@$_] : $_ } $alone->{$second}->@*;
    $expected[2] = $directly{$first}[2] if $first =~ /^native/ && $second !~ /^native/;
    return \@expected;
}

# --- what is nobody's refusal stays -----------------------------------------------------------------------------------------

for my $module (qw(jwt native)) {
    my $basic = $nginx->get("/basic/$module", token => $token);
    is join(' ', $basic->status, $basic->header('WWW-Authenticate')), '401 Basic realm="b"', "$module passes, auth_basic refuses";
    my $step = $nginx->get("/step-up/$module", token => $token);
    is join(' ', $step->status, $step->header('WWW-Authenticate')), '401 Bearer acr_values="gold"', "$module passes, the backend refuses";
}
my $file = $nginx->get('/file/', token => $token);
is join(' ', $file->status, $file->header('Cache-Control')), '200 private, no-store', 'what a backend says of its X-Accel-Redirect';
my $refused = $nginx->get('/refused-file/', token => $token);
is join(' ', $refused->status, $refused->header('Cache-Control')), '200 private, no-store', '... also where the first location there refuses it';
is $nginx->get('/soft-then-hard', token => $token)->status, 200, 'what another module has refused before is not remembered elsewhere';
is_deeply told('/gets'), $directly{'native/has_no_get'}, 'a refusal that others cannot make up for is the last one, also with satisfy any';
is_deeply told('/private'), $directly{'jwt/has_no_scope'}, 'a page that keeps a 403 of a status of its own keeps its challenge';
is_deeply told('/private-alone'), $directly{'jwt/has_no_scope'}, '... which nobody sees';
is_deeply [logged('/private'), logged('/private-alone')], [(403) x 2], '... not even in the log';
is names(told('/let-in', method => 'GET')), '', 'who is let in by others gets nothing of a refusal';
is names(told('/denied', method => 'GET')), '', '... nor in the page of a refusal elsewhere';
my $put = $nginx->get('/any-native/', method => 'PUT', token => $token);
is join(' ', $put->status, $put->body, $put->header('Allow')), '405 page POST, OPTIONS', 'satisfy any asks nobody about a 405: it has its page';
my $foreign = $nginx->get('/any-native/', headers => ['Origin: https://other.example.com']);
is join(' ', $foreign->status, $foreign->body eq 'page' ? 'page' : 'answer'), '403 answer', '... but would ask about a foreign origin';
is_deeply told('/any/', method => 'GET'), told('/jwt/refuses', method => 'GET'), 'a 401 that a page keeps which anybody may see has its challenge';

told('/afterwards');
is logged('/afterwards'), '401 Bearer realm="x", error="invalid_token"', 'the log has the challenge that was sent, and not that of post_action';

finish();
