//! The words around a date that say what it is: nouns that wait for an end, verbs, guards.
//!
//! Phrases are folded (no accents, lower case); a `*` ends a word's beginning. The longest phrase
//! at a place wins and consumes its words.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::token::Token;
use crate::domain::key_date::DateEvent;

/// What can close, move or be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Comment,
    Ballot,
    Certificate,
    Transition,
    /// Duties to be met by a day.
    Compliance,
    /// Registrations, reports, applications.
    Submission,
    Meeting,
    /// "application" as the beginning of duties.
    Application,
    /// The publication of a document.
    Publication,
}

impl Topic {
    /// What its end is.
    pub(super) fn closing(self) -> Option<DateEvent> {
        match self {
            Self::Comment => Some(DateEvent::CommentsClose),
            Self::Ballot => Some(DateEvent::BallotClose),
            Self::Certificate => Some(DateEvent::CertificationDeadline),
            Self::Transition => Some(DateEvent::TransitionEnd),
            Self::Compliance => Some(DateEvent::Application),
            Self::Submission => Some(DateEvent::Submission),
            Self::Meeting | Self::Application | Self::Publication => None,
        }
    }

    /// What it is that moves when it moves.
    pub(super) fn moved(self) -> DateEvent {
        match self {
            Self::Meeting => DateEvent::Event,
            Self::Application => DateEvent::Application,
            Self::Publication => DateEvent::Publication,
            closing => closing.closing().unwrap_or(DateEvent::Application),
        }
    }
}

/// What a phrase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    Topic(Topic),
    /// A verb of handing in, which counts only beside a duty.
    HandIn,
    /// Says alone what happens.
    Event(DateEvent),
    /// Says that somebody means to publish.
    Plan,
    /// "original": the date that no longer holds, where its noun is a deadline and the sentence tells of a move.
    Original,
    /// "effective", which must touch its date.
    Effective,
    Open,
    Close,
    /// Ends a topic, or an act when there is none.
    Expire,
    Hold,
    Move,
    /// "was published".
    Published,
    /// An official journal.
    Gazette,
    /// The Federal Register, where notices come out too.
    Register,
    /// The names of standards.
    Standard,
    /// Something else that happened that day.
    Other,
    Not,
    /// "not apply": until a day, after all.
    NotApply,
    Hedge,
    Reported,
    /// Before a date: the one that no longer holds.
    Old,
    /// "had received": an account of the past.
    Past,
    /// A duty.
    Duty,
    /// An invitation or a permission.
    Leave,
    /// Consumes its words and says nothing.
    Nothing,
}

/// A phrase found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cue {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) sense: Sense,
}

use DateEvent::{Application, EntryIntoForce, Publication, Withdrawal};

/// Phrases, parted by `|`.
const PHRASES: &[(Sense, &str)] = &[
    // Comments and consultations.
    (
        Sense::Topic(Topic::Comment),
        "comment|comments|commenting|comment period|consultation|consultations|consultation period\
         |feedback|views|responses|response period|submissions|input|call for evidence\
         |call for input|call for views|request for information|request for comment*|observations\
         |have your say|public enquiry|respond to the\
         |public comment|public comments|public input|replies|representations|remarks|tell us\
         |comment window|feedback window|consultation window|feedback period|exposure period\
         |questionnaire|to respond to the discussion paper|to respond to the consultation|to respond to the draft|to respond to the paper\
         |to respond to the proposals|to respond to the call|deadline to respond|deadline for responding|deadline to reply|deadline to comment\
         |respond by|reply by|responding to the|respond to this|let us know|stellungnahme*|konsultation*|anhorungsfrist\
         |anmerkungen|einwendungen|einspruchsfrist|beteiligungsverfahren|verbandeanhorung|vernehmlassungsfrist\
         |ruckmeldung*|kommentare|kommentierung*|vernehmlassung*|consultation publique\
         |contributions|commentaires|reponses\
         |observations du public|appel a contributions|appel a commentaires|repondre a la consultation|remarques|alegaciones|consulta publica|consulta\
         |observaciones|comentarios|aportaciones\
         |sugerencias|opiniones|informacion publica|tramite de audiencia|audiencia e informacion publica|consultazione|consultazioni|osservazioni\
         |contributi|commenti\
         |pareri|consultazione pubblica|questionario|consultatie|consultaties|reacties\
         |consultatieperiode|reageren|inspraak|inspraakreacties|internetconsultatie|zienswijzen\
         |konsultacje|konsultacji|uwagi|uwag|opinie",
    ),
    (
        Sense::Nothing,
        "retire du marche|retiree du marche|retires du marche|retirees du marche|withdrawn from the market|withdrawn from sale|retirado del mercado|retirados del mercado|ritirato dal mercato|ritirati dal mercato|following consultation|after consultation|following a consultation|after a consultation\
         |following the consultation|after the consultation|in consultation with\
         |consultation response|consultation responses\
         |certification bod*|certification services|certification schemes|in view of\
         |report on the consultation|due to|in response to|certified organis*|certified organiz*|certified compan*|certified entit*|certified firm*|certified product*\
         |end user*|with effect|conference room*|conference call*|meeting room*|meeting minutes|conference centre*|conference center*|year ended|year ending|quarter ended|quarter ending|months ended\
         |months ending|years ended|response to the consultation|summary of responses|feedback statement\
         |vote on the amendments|vote on amendments|vote on the bill|vote on the law\
         |vote on the act|vote on the proposal|vote on its position|vote on the motion\
         |vote on the report|vote on the deal|vote on the agreement|vote on the package\
         |parliamentary vote on|plenary vote on|parliament vote on|parliament will vote on\
         |parliament to vote on|parliament is due to vote on|meps are due to vote on|parliament is to vote on|meps vote on|meps will vote on\
         |meps to vote on|meps are to vote on|senate vote on|senate will vote on\
         |senate to vote on|senate is to vote on|senators vote on|senators will vote on\
         |senators to vote on|senators are to vote on|house vote on|house will vote on\
         |house to vote on|house is to vote on|lawmakers vote on|lawmakers will vote on\
         |lawmakers to vote on|lawmakers are to vote on|deputies vote on|deputies will vote on\
         |deputies to vote on|deputies are to vote on\
         |council vote on|council will vote on\
         |council to vote on|council is to vote on|assembly vote on|assembly will vote on\
         |assembly to vote on|assembly is to vote on",
    ),
    // Ballots.
    (
        Sense::Topic(Topic::Ballot),
        "cast their votes on the new work item|cast their votes on the draft|cast their votes on the fdis|cast their votes on the dis\
         |cast their votes on the final draft|cast their vote on the draft|cast votes on the draft|vote sur le projet final|vote sur le projet de norme|vote sur le projet final de norme|vote sur la norme|cdv vote|vote that should|ballot|ballots|ballot period|balloting|vote on|voting|voting period|formal vote\
         |enquiry on pren|enquiry on iso|enquiry on en|enquiry on the draft standard|cen enquiry\
         |dis enquiry|enquiry vote|abstimmung uber|enquete publique afnor|dis ballot|fdis ballot",
    ),
    // Certificates.
    (
        Sense::Topic(Topic::Certificate),
        "certificate|certificates|certification|certifications|certified|recertified|recertification\
         |re-certification|recertification audit*|transition audit*|reassessment|reassessments\
         |zertifikat*|zertifizier*|certificat|certificats|certifie*|certificado*|certificacion\
         |certificato|certificati|certificazione|certificaat|certificaten|gecertificeerd|certyfikat*",
    ),
    // Transitions.
    (
        Sense::Topic(Topic::Transition),
        "transition ends|transition period|the transition to|transition deadline|transitional period|transitional\
         |transitional arrangements|transition phase\
         |to migrate|migrate to|migration to|migration period|to transition|transition to|transition by|period of grace|grace period|phase-in period|sunrise period\
         |ubergangsfrist*|ubergangszeit*|ubergangsphase|ubergangsregelung*|schonfrist|karenzfrist\
         |periode transitoire|periode de transition|regime transitoire|delai de grace\
         |periodo transitorio|periodo de transicion|periodo di transizione|regime transitorio\
         |periodo de gracia|overgangsperiode|overgangstermijn|overgangsregeling\
         |okres przejsciowy|okresu przejsciowego",
    ),
    // Duties that must be met.
    (
        Sense::Topic(Topic::Compliance),
        "comply|comply with|in compliance|compliance date|compliance dates|compliance deadline\
         |compliance with|transpose|transposed|transposition|transposition deadline|implementation deadline\
         |implementation date|be implemented|in place|umzusetzen|umsetzungsfrist|umgesetzt\
         |transposer|transposition en droit|mettre en conformite|se conformer|transponer\
         |trasposicion|cumplir|adecuarse|adeguarsi|recepire|recepimento|conformarsi\
         |omgezet|omzetting|omzetten|voldoen|dostosowac|wdrozyc|transpozycji",
    ),
    // Registrations, reports, applications.
    (
        Sense::Topic(Topic::Submission),
        "registrierungsmeldung*|envio de|envio do|envio da|date for handing in|date for filing|date for submitting|registration|registrations|registration deadline|reporting deadline|filing deadline\
         |submission deadline|application deadline|applications|application period|nominations\
         |expressions of interest|proposals|bids|abstracts|registration period|annual return\
         |annual returns|reporting period|self-assessment|entries|notification deadline\
         |registrierung|registrierungsfrist|meldefrist|meldungen|antrage|bewerbungen|anmeldung\
         |anmeldungen|anmeldefrist|candidatures|inscription|inscriptions|enregistrement\
         \
         |trasmissione dei|trasmissione delle|invio dei|invio delle|presentazione delle|einreichung|abgabe|antragsfrist|bewerbungsfrist|skladania|zlozenia|inzending|indiening|aanlevering|remise des|depot des|presentacion de solicitudes|self-registration|call for applications|call for proposals|grant applications|solicitudes|candidaturas|inscripcion|registro de|domande\
         |candidature|iscrizione|iscrizioni|registrazione|aanmeldingen|aanmelding|registratie\
         |aanvragen|rejestracja|rejestracji|wnioski|wnioskow|zgloszenia",
    ),
    (
        Sense::HandIn,
        "submit|submitted|report the|report all|report these|report data|report incidents|report figures\
         |report on their|report annually|register|registered|file|filed|apply for|report to|reported to|notify|notified\
         |report their|report its\
         |provide the following|provide the commission|provide the authority|provide the agency|furnish|handing in|to respond to|send|sent to|provide their|enrol|enroll|lodge|lodged|apply\
         |return|returned|hand in|deliver|upload|declare|registrieren|melden|einreichen\
         |abgeben|ubersenden|abzugeben|zu melden|gemeldet\
         |eingereicht|einzureichen|vorzulegen|einzusenden|ubermitteln|anmelden|anzumelden|vorlegen|beantragen\
         |transmettre|transmis|soumettre|deposer\
         |adresser|communiquer|enregistrer|declarer|notifier|s inscrire\
         |inscrire|remettre|remis|registrarse|presentar|remitir|enviar|notificar|inscribirse\
         |comunicar|registrarsi|inviare|trasmettere|presentare|notificare|iscriversi|comunicare\
         |registreren|indienen\
         |inleveren|aanleveren|opsturen|doorgeven|in te dienen|ingediend|aanmelden|melden bij|rapporteren|zarejestrowac\
         |zlozyc|zglosic|przekazac|przeslac|zglaszac",
    ),
    (
        Sense::Duty,
        "must|shall|have to|has to|will have to|required to|are required|is required|be required to\
         |need to|needs to|need|obliged|obliged to|are to be|is to be|subject to|be bound by|muss|mussen\
         |verpflichtet|doit|doivent|devront|devra|sont tenus|seront tenus|soumis a|deben|debe\
         |deberan|debera|obligados|sujetos a|devono|deve|dovranno|dovra|sono tenuti|tenuti a\
         |moeten|moet|dienen|dient|musza|musi|beda musialy|bedzie musial*|nalezy|powinny|sa zobowiazane",
    ),
    (
        Sense::Leave,
        "should be|should|please|have until|has until|are invited|invited to|can be|may be|haben|hat\
         |ist zu|sind zu|sollen|konnen|peuvent|tienen|podran|possono|kunnen|mozna|can|encouraged to\
         |urged to|asked to|requested to|aufgefordert|invites|invites a|invitados",
    ),
    // Meetings.
    (
        Sense::Topic(Topic::Meeting),
        "hearing|public hearing|hearings|meeting|public meeting|webinar|workshop|conference\
         |roundtable|round table|symposium|seminar|town hall|information session|info session\
         |anhorung|veranstaltung|online-seminar|fachtagung|konferenz|audition|audition publique\
         |webinaire|atelier|colloque|audiencia publica|audiencia|jornada|seminario|taller|udienza\
         |audizione|convegno|hoorzitting|bijeenkomst|themabijeenkomst|posiedzenie|wysluchanie|konferencja\
         |meetings|public hearings|webinars|workshops|conferences|roundtables|seminars|public meetings|briefing|summit|listening session|open day\
         |online event|event|info day|information day|forum|public session|stakeholder event|q and a session|training session|listening tour|fachgesprach|informationsveranstaltung|conference de|journee d|jornada informativa|evento|giornata|informatiebijeenkomst|spotkanie",
    ),
    (
        Sense::Hold,
        "will be held|to be held|be held|is being held|will hold|will host|hosts|holds|is holding|is hosting\
         |will take place|takes place|take place|to take place|will convene|convenes|will meet\
         |meets|scheduled|scheduled for|is set for|join|register for|will run|findet|statt|stattfinden\
         |aura lieu|se tiendra|se deroulera|organise|organisera|se celebrara|tendra lugar\
         |se llevara a cabo|si terra\
         |has scheduled|slated for|set for|will be running|are running|are hosting|are holding|organising|organizing|tendra lugar el|findet am|avra luogo|si svolgera|vindt|plaats|plaatsvinden\
         |odbedzie sie|zaplanowano|planned for|will be hosting|plans to hold|to hold|to host",
    ),
    // Entry into force.
    (
        Sense::Event(EntryIntoForce),
        "enter into force|enters into force|entered into force|entering into force|entry into force\
         |enter into effect|enters into effect|come into force|comes into force|came into force\
         |coming into force|commencement date|come into effect|comes into effect|came into effect\
         |coming into effect|go into effect|goes into effect|went into effect|going into effect\
         |take effect|takes effect|took effect|taking effect|becomes effective|become effective\
         |became effective|effective date|effective dates|is in force|are in force|in force as|in force from\
         |now in force|into operation|becomes law\
         |become law|became law|operative|becomes operative|be in force|be in effect|is in effect|are in effect|into law on|into force|in kraft|inkrafttreten|wirksam\
         |rechtskraftig|inkraftsetzung\
         |en vigueur|entree en vigueur|prend effet|prendra effet\
         |prennent effet|prendront effet|produit ses effets|produira ses effets|en vigor|entrada en vigor\
         |surtira efecto*|surte efecto*\
         |entrara en vigencia|entra en vigencia|entrada en vigencia|regira|rige|in vigore|entrata in vigore\
         |avra effetto|avranno effetto|ha effetto|decorrenza|in werking|inwerkingtreding\
         |gaat in|gaan in|ingaan|ingangsdatum|treedt in|treden in\
         |van kracht|w zycie|wejscie w zycie|wejscia w zycie|force of law",
    ),
    (Sense::Effective, "effective|commences|commence|commenced"),
    (
        Sense::Event(DateEvent::Event),
        "will meet on|will meet from|will convene on|will convene from|next meets on",
    ),
    // Application.
    (
        Sense::Event(Application),
        "applies|shall apply|will apply|would apply|apply to|apply from|apply as|apply on\
         |apply in|now apply|also apply|is applicable|applicable|be applicable|becomes applicable|become applicable\
         |date of application|application date|apply in full|becomes mandatory|become mandatory\
         |become binding|becomes binding|mandatory\
         |kick in|kicks in|kicked in|phased in|start applying|starts applying|begin applying|begins applying|start to apply|starts to apply|begin to apply|begins to apply|come to apply|become enforceable|becomes enforceable|compulsory|are binding|is enforceable|enforceable\
         |gilt|gelten|galt|anzuwenden|anwendbar|anwendung findet\
         |gultig|findet anwendung|finden anwendung|zur anwendung|verbindlich|geltungsbeginn\
         |s appliquent|s applique|s appliquera|s appliqueront|sera applicable|seront applicables\
         |applicables|entree en application|obligatoire\
         |est applicable|s imposent|s impose|obligatoires|sera de aplicacion|seran de aplicacion\
         |se aplicara|se aplicaran|se aplica|se aplican|aplicable|aplicables|obligatorio\
         |si applica|si applicano|si applichera|si applicheranno|applicabile|applicabili\
         |obbligatorio|obbligatoria|van toepassing|toepasselijk|verplicht|stosuje sie|stosuje\
         |stosowane|obowiazuja|obowiazuje|zastosowanie|obowiazywac\
         |zacznie obowiazywac|zaczna obowiazywac|bedzie obowiazywac|beda obowiazywac",
    ),
    (
        Sense::Topic(Topic::Application),
        "application of|start of application|applicability|anwendung der|anwendung des|anwendung von\
         |anwendungsbeginn|anwendung|application des|application du|mise en application|aplicacion\
         |applicazione|toepassing|stosowania|stosowanie|start date|obligations|requirements|duties",
    ),
    // Publication.
    (
        Sense::Event(Publication),
        "will be published|to be published|be published|will publish|expects to publish\
         |plans to publish|due to be released|will be released|be released|due for publication\
         |veroffentlicht werden|sera publie|sera publiee|seront publies|se publicara\
         |sara pubblicato|sara pubblicata|zal worden gepubliceerd|worden gepubliceerd\
         |zostanie opublikowan*|expected publication|target publication",
    ),
    (
        Sense::Topic(Topic::Publication),
        "publication of|publication is|publication|veroffentlichung der|veroffentlichung",
    ),
    (
        Sense::Published,
        "was published|were published|has been published|been published|published|publie au|publiee au\
         |veroffentlicht|verkundet|publicado|publicada|pubblicato|pubblicata|gepubliceerd\
         |opublikowan*|ogloszon*|publie|publiee",
    ),
    (
        Sense::Gazette,
        "official journal|journal officiel|amtsblatt|bundesgesetzblatt|official gazette|gazette|diario oficial|boletin oficial|gazzetta ufficiale|staatsblad\
         |publicatieblad|staatscourant|dzienniku ustaw|dzienniku urzedowym",
    ),
    (Sense::Register, "federal register"),
    (
        Sense::Standard,
        "iso|iec|etsi|standard|edition|norm|norme|norma|pren|bs|cen|ieee",
    ),
    // Ends.
    (
        Sense::Event(Withdrawal),
        "withdrawn|is repealed|be repealed|are repealed|repealed|revoked|rescinded|retired\
         |will retire|cease to apply|ceases to apply|ceased to apply|cease to have effect\
         |ceases to have effect|cease to be in force|sunset|sunsets|be phased out|withdrawal of\
         |zuruckgezogen|aufgehoben|ausser kraft|abroge|abrogee|sera abroge|derogado|derogada\
         |queda derogad*|abrogato|abrogata|ingetrokken|uchylon*|traci moc|wycofan*|retire|retirada",
    ),
    (
        Sense::Expire,
        "ihre gultigkeit|seine gultigkeit|straca waznosc|traci waznosc|perdono validita|pierden validez|pierden su validez\
         |perdent leur validite|verliezen hun geldigheid|lose validity|lose their validity|expire|expires|expired|expiring|expiry|lapses|lauft aus|ablauf|expire le|expira|scade\
         |caduca|vervalt|verloopt|wygasa",
    ),
    (
        Sense::Close,
        "close|closes|closed|closing|closing date|close of|end|ends|ended|ending|end date|deadline\
         |deadlines|cut-off|cut off|due|due date|due by|no longer valid|not be valid|cease to be valid\
         |ceases to be valid|not be accepted|not be considered|be received|conclude|concludes\
         |concluded|last day|last date\
         |shut|shuts|finish|finishes|finished|elapses|run out|runs out|wraps up|runs until|remains open|stays open|stay open|open until|final day|endet|endete|enden|frist|einsendeschluss|stichtag\
         |verstreicht|lauft ab|schlusstermin|beendet|abgeschlossen\
         |abgabefrist|lauft|fristende|schliesst|date limite|prend fin|prendra fin|prennent fin\
         |se termine|se terminera|cloture\
         |clot|ferme|fermeture|expirera|delai|s acheve|s achevera|echeance|plazo|finaliza\
         |finalizara|termina|terminara|concluye|vence|fecha limite\
         |acaba|culmina|vencera|expirara|finalizan|cierra|cierre|se cierra|termine\
         |scadenza|si chiude|si chiudera|si conclude|terminera\
         |chiusura|si concludera|scadra|scadono|eindigt|sluit|sluitingsdatum\
         |verstrijkt|sluiten|sluitdatum|deadline voor|eindigen\
         |termijn|loopt af|loopt|konczy sie|uplywa|termin|zakonczy sie|konczy|vencimiento\
         |mija|uplynie|koncza sie|zakoncza sie|zakonczenie",
    ),
    (
        Sense::Open,
        "open|opens|opened|opening|opening date\
         |reopen|reopens|reopened|reopening|commencing|kicks off|kicked off|get under way|got under way|launch|launched|launches|start|starts|started|begin\
         |begins|began|run|runs|running|beginnt|startet|startete|eroffnet|geoffnet\
         |ouvre|ouvert|ouverte|debute|lance|lancee|abre|abierta|abierto|comienza|apre|aperta|aperto\
         |avvia|avviata|inizia|gestart|geopend|start op|opent|rozpoczyna sie|rozpoczely sie|otwarte",
    ),
    (
        Sense::Move,
        "extend|extends|extended|extending|extension|prolonged|prolong|prolongs|lengthen|lengthened|lengthens|postpone|postponed|postpones\
         |postponing|postponement|delay|delays|delayed|delaying|defer|defers|deferred|deferring\
         |deferral|pushed back|push back|pushes back|pushing back|put back|moved|moves|move|moving\
         |rescheduled|reschedules|shifted|brought forward|bring forward|changed from|revised from\
         |revised to|changed to|reset to|verschoben|verschiebt|verlangert|verlangerung|verlegt|verschiebung\
         |vorgezogen|reporte|reportee|reportes|reportees|report de|reporter|prolonge|prolongee\
         |proroge|prorogee|repousse|repoussee|differe|differee|decale|decalee|aplazado|aplazada\
         |aplaza|aplazan|aplazar|prorrogado|prorrogada|prorroga|prorrogar|pospone|pospuesto\
         |pospuesta|amplia|ampliado|rinviato|rinviata|rinvia|prorogato|prorogata|proroga|differito\
         |differita|slitta|slittano|posticipato|posticipata|spostato|spostata|uitgesteld|verlengd\
         |verschoven|verplaatst|uitstel|uitstelt|przesuniet*|przesunie*|przedluzon*|przeloz*|odroczon*|wydluzon*",
    ),
    (
        Sense::Old,
        "originally|previously|formerly|initially|instead of|rather than|in place of|replacing|not as\
         |up from|statt|anstatt|anstelle|ursprunglich|bisher|bislang|zuvor|au lieu|initialement\
         |auparavant|precedemment|et non plus|en lugar|en vez|inicialmente|originalmente\
         |anteriormente|anziche|invece|inizialmente|originariamente|in precedenza|in plaats\
         |oorspronkelijk|eerder gepland|aanvankelijk|voorheen|zamiast|pierwotnie|wczesniej\
         |former deadline of|original deadline of|previous deadline of",
    ),
    (
        Sense::Original,
        "original|ursprungliche|ursprunglicher|initiale|originario|originaria|oorspronkelijke|pierwotny|puvodni\
         |ursprungliga|oprindelige",
    ),
    // Other things that happen on days.
    (
        Sense::Other,
        "deposited|deposits|ratified|ratifies|acceded|adopted|adopts|signed|signs|dated|updated|last updated|modified|posted|announced|announces\
         |said|says|issued|issues|released|approved|approves|agreed|agrees|voted|votes|fined\
         |found|ruled|decided|received|wrote|met|enacted|passed|proposed on|presented|reviewed\
         |delivered|recorded|discovered|detected|notified on|imposed|joined|appointed|founded\
         |established|created|dates from|accessed|retrieved|visited|amended on|amended by\
         |decision of|judgment of\
         |placed on the market|were on the market|was on the market|put on the market|filed on|promulgated|published by|gazetted on|completed on|renewed|inspection|dismissed|regulation of|directive of|letter of|press release|verabschiedet\
         |beschlossen|unterzeichnet|angekundigt|mitgeteilt|erlassen|pressemitteilung|adopte\
         |adoptee|signe|annonce|communique\
         |promulgue|promulguee|signee|votee|vote|aprobado|aprobada|adoptado|firmado|anuncio|adottato\
         |adottata|approvato|firmato|annunciato|aangenomen|ondertekend|aangekondigd|vastgesteld\
         |przyjet*|podpisan*|oglosil*|uchwalon*|welcomed|completed|happened|occurred|carried out\
         |conducted|took place|was held|were held|lasted|fand|stattgefunden|a eu lieu|se celebro",
    ),
    // Guards.
    (
        Sense::Not,
        "not|never|cannot|won t|doesn t|nicht|kein|keine|keinen|pas|jamais|no entrara|no entra\
         |no se|no sera|nunca|non|niet|geen|nie",
    ),
    (
        Sense::Nothing,
        "as planned|if not|not only|not yet|whether or not|non-eu|not just|wie geplant",
    ),
    (
        Sense::NotApply,
        "not apply|not be applied|not be applicable|not start to apply",
    ),
    (
        Sense::Hedge,
        "expected|is expected|expects|anticipated|anticipates|anticipate|would|could|might|may take|may enter\
         |may apply|may come|likely|plans|planned|plan to|planning|aims|aim to|intends|intended|proposes|proposed date\
         |proposed effective|proposed compliance|proposed application|proposed start|proposing\
         |proposes to|proposal to|provisional|provisionally|tentative|tentatively|target|targeted\
         |targeting|estimated|if adopted|if approved|if passed|if enacted|voraussichtlich|soll\
         |sollen|sollte|wurde voraussichtlich|geplant|geplante|erwartet|konnte|konnten|devrait\
         |devraient|pourrait|pourraient|prevue|prevu|prevoit|prevoyant|envisage|se espera\
         |previsto|prevista|preve|podria|podrian|deberia|estaba previsto|dovrebbe|dovrebbero\
         |potrebbe|previsti|previste|naar verwachting|verwacht|zou|zouden|gepland|beoogd|beoogde\
         |planowane|planowana|planowany|ma wejsc|maja wejsc|oczekuje sie|prawdopodobnie",
    ),
    (
        Sense::Reported,
        "reportedly|media reports|media report|according to media|according to local media|press reports\
         |according to press|according to reports|according to people|according to sources\
         |according to a report|according to news|according to newspaper*|reports say|sources say\
         |medienberichten|laut medien*|selon la presse|selon les medias|selon des medias\
         |segun medios|segun la prensa|secondo la stampa|secondo i media|volgens media\
         |wedlug mediow|wedlug prasy",
    ),
    (
        Sense::Past,
        "were submitted|was submitted|were made|have been received|has received|have received\
         |have been submitted|had received|had been|had submitted|had responded|had registered|had filed|were received\
         |was received|waren eingegangen|eingegangen|avait recu|avaient ete|habia recibido",
    ),
    // Portuguese, Swedish, Danish, Norwegian and Czech, and what other languages lacked.
    (
        Sense::Topic(Topic::Publication),
        "utgivning*|publicacao|publicacion|publication du|publication de|pubblicazione|publicatie|publikacja|publikacji\
         |offentliggorande*|offentliggorelse*|publicering*|vydani|zverejneni",
    ),
    (
        Sense::Plan,
        "devrait paraitre|hopes to publish its final|hopes to publish its guidance|hopes to publish its revised|hopes to publish the final|hopes to publish the standard|hopes to publish the revised|hopes to publish the guidance\
         |hopes to publish the code|expect to publish|expects to release|expect to release|intends to publish|intend to publish|aims to publish\
         |aim to publish|plan to publish|is due to publish|devrait publier|prevoit de publier|compte publier\
         |te publiceren|zu veroffentlichen|veroffentlichen will|soll veroffentlicht werden|preve publicar|prevede di pubblicare\
         |planeja publicar|preve a publicacao|planerar att publicera|forventer at offentliggore|planuje opublikowac\
         |planuje vydat|planuje zverejnit",
    ),
    (
        Sense::Topic(Topic::Certificate),
        "certificeret|certifierad*|certificad*|certifikovan*|certifikat*|certifisert",
    ),
    (
        Sense::Topic(Topic::Comment),
        "zum referentenentwurf stellung zu nehmen|zum entwurf stellung zu nehmen|zum gesetzentwurf stellung zu nehmen|horingen|horingens|vytky|bemaerkninger|innspill|horingsuttalelser|horingsinnspill|observacoes|contribuicoes|sugestoes|manifestacoes|tomada de subsidios|contributos|synpunkter\
         |remissvar*|remisstiden|remisstid|yttranden|horingssvar|horingsfrist*|horing|pripominky|pripominek|verejna konzultace\
         |verejne konzultace|industry s views",
    ),
    (
        Sense::Topic(Topic::Ballot),
        "omrostning*|hlasovani|votacao|stemming over|fdis vote|dis vote|cd vote|votes on the final draft|votes on the draft\
         |votacion",
    ),
    (
        Sense::Topic(Topic::Transition),
        "periodo de transicao|prazo de transicao|periodo de adaptacao|overgangsperiod*|overgangstid*\
         |prechodne obdobi|prechodneho obdobi",
    ),
    (
        Sense::Topic(Topic::Compliance),
        "adequar se|adequacao|estar em conformidade|uppfylla kraven|dosahnout souladu",
    ),
    (
        Sense::Topic(Topic::Submission),
        "inscricoes|ansokan|ansokningar|anmalan|anmalningar|prihlasky|prihlasek",
    ),
    (
        Sense::HandIn,
        "remeter|remetam|enviar a|oversende|odevzdat|apresentar|apresentad*|submeter|submetid*|entregar|entregue*|enviad*|remetid*|encaminhad*|notificad*\
         |lamna|lamnas|lamnats|skicka|skickas|rapportera|rapporteras|anmala|anmalas|registrera|registreras\
         |kommit in|inkommit|indsende*|indberette*|predlozit|podat|nahlasit|zaslat|zasilat",
    ),
    (
        Sense::Duty,
        "devem|devera|deverao|tem de|ficam obrigad*|ska|maste|skall|behover|skal|jsou povinni|jsou povinny|je povinen",
    ),
    (Sense::Leave, "podem|pode|lze|mohou|far lamna"),
    (
        Sense::Topic(Topic::Meeting),
        "kongress|kongres|cumbre|sommet|konference|konferanse|kongressen|reuniao|webinario|webbinarium|mote|moede|konferens|seminarium|jednani|seminar",
    ),
    (
        Sense::Hold,
        "during a|tijdens een|tijdens het|lors d un|lors d une|durante un|durante una|podczas|bei einem|bei einer|pod ett|under en|ved et|ved en|bjuder in|inbjuder|inviterer|inviterer til|ladt zum|ladt zur|laden zum|rendez vous|donne rendez|invita a|nodigt uit|zaprasza*|convida*|zve na|register now for|join us for|realiza se|sera realizad*|acontece|ocorrera|tera lugar|halls|ager rum|arrangeras|finder sted|afholdes\
         |kona se|se kona|uskutecni",
    ),
    (
        Sense::Event(EntryIntoForce),
        "em vigor|entra em vigor|entram em vigor|entrara em vigor|entrou em vigor|passa a vigorar|produz efeitos\
         |i kraft|trader i kraft|tradde i kraft|traeder i kraft|trer i kraft|ikrafttradande|ikrafttraeden\
         |v platnost|vstupuje v platnost|vstoupi v platnost|nabyva ucinnosti|nabude ucinnosti|v ucinnost",
    ),
    (
        Sense::Event(Application),
        "aplicavel|aplicaveis|aplica se|aplicam se|passa a ser obrigatori*|obrigatorio|obrigatoria\
         |tillampas|ska tillampas|galler fran|borjar galla|borjar tillampas|finder anvendelse|gaelder fra\
         |pouzije se|se pouzije|pouziji se|uplatni se|plati od",
    ),
    (
        Sense::Event(Withdrawal),
        "norme sera retiree|sera retiree du catalogue|sera retire du catalogue|edition sera retiree|retirara la norma|retirara la version|retirara la edicion|norma sera retirada|sara ritirat*|verra ritirat*|norma ritirata|withdraw the publication|withdraw the standard|withdraw the guidance|withdraw the document|withdraw the edition|fica revogad*|ficam revogad*|sera revogad*|sera anulad*|sera retirad*|upphavs|upphavd|upphor att galla|ophaeves|bude zrusen*|zrusuje se|pozbyva platnosti\
         |withdraw any national|withdraw any conflicting|withdraw conflicting|withdraw national|withdraw the national",
    ),
    (
        Sense::Close,
        "slutter den|svarfrist*|fristen|udlober|utloper|encerramento|lhuta pro|encerra|encerra se|encerram|encerram se|prazo|prazo final|data limite|sista dag|sista dagen\
         |loper ut|lober ud|avslutas|stanger|tidsfrist*|svarsfrist*|konci|skonci|uplyne|lhuta",
    ),
    (
        Sense::Open,
        "abertura|comeca|decorre|oppnar|oppnas|inleds|zahajeni|zacina",
    ),
    (
        Sense::Move,
        "udskudt|udskydes|udsat|forlenget|forlanget|prorrog*|prodluzuje*|prodlouzen*|posouva*|posunut*|odklada*|przedluza*|adiad*|adia|prorrogad*|prorrogacao|skjuts upp|forlangs|forlangts|senarelagg*|udskyd*|forlaeng*|odlozen*\
         |prodlouz*|has slipped|slipped from|slipped to",
    ),
    (
        Sense::Old,
        "gia fissat*|gia previst* per|initialement fixe*|previamente fijad*|inizialmente fissat*|previously set|fixado anteriormente|should have closed on|should have ended on|was due to close on|was due to end on|was to close on|was to end on|was to finish on|would have closed on|would have ended on|was supposed to close on|was supposed to end on|was scheduled to close on|was scheduled to end on|em vez|i stallet|istallet|ursprungligen|oprindelig*|puvodne|namisto",
    ),
    (
        Sense::Hedge,
        "foreslas|foreslar|foreslagna|foreslaas|ventes|ocekava|ocekavan*|planuje*|forventer|forventas|esta previst*|previst*|vantas|planeras|beraknas|forventes|ocekava se",
    ),
    (Sense::Not, "nao|inte|ikke"),
];

struct Phrase {
    words: Vec<(&'static str, bool)>,
    sense: Sense,
}

/// Phrases by the first two characters of their first word, the longest first.
static INDEX: LazyLock<HashMap<[char; 2], Vec<Phrase>>> = LazyLock::new(|| {
    let mut index: HashMap<[char; 2], Vec<Phrase>> = HashMap::new();
    for (sense, phrases) in PHRASES {
        for phrase in phrases.split('|') {
            let words: Vec<(&'static str, bool)> = phrase
                .split([' ', '-'])
                .filter(|word| !word.is_empty())
                .map(|word| match word.strip_suffix('*') {
                    Some(beginning) => (beginning, true),
                    None => (word, false),
                })
                .collect();
            if let Some((first, _)) = words.first() {
                index.entry(head(first)).or_default().push(Phrase {
                    words,
                    sense: *sense,
                });
            }
        }
    }
    for phrases in index.values_mut() {
        phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
    }
    index
});

fn head(word: &str) -> [char; 2] {
    let mut letters = word.chars();
    [letters.next().unwrap_or(' '), letters.next().unwrap_or(' ')]
}

/// Words of other languages that mean something else in English.
const FALSE_FRIENDS: [&str; 7] = [
    "contributions",
    "observations",
    "audition",
    "atelier",
    "differe",
    "notifier",
    "ferme",
];

/// All phrases of a text, in order, without overlap, outside its dates. `english` leaves out
/// what is a cue only in another language.
pub(super) fn cues(tokens: &[Token], inside: &[bool], english: bool) -> Vec<Cue> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let found = tokens
            .get(at)
            .and_then(Token::word)
            .filter(|word| !english || !FALSE_FRIENDS.contains(word))
            .and_then(|word| INDEX.get(&head(word)))
            .and_then(|phrases| {
                phrases.iter().find_map(|phrase| {
                    let length = matches(phrase, tokens, inside, at)?;
                    Some((length, phrase.sense))
                })
            });
        match found {
            Some((length, sense)) => {
                if sense != Sense::Nothing {
                    out.push(Cue {
                        first: at,
                        last: at + length - 1,
                        sense,
                    });
                }
                at += length;
            }
            None => at += 1,
        }
    }
    out
}

/// How many tokens a phrase takes here; a hyphen between its words is allowed.
fn matches(phrase: &Phrase, tokens: &[Token], inside: &[bool], at: usize) -> Option<usize> {
    let mut place = at;
    for (number, (word, beginning)) in phrase.words.iter().enumerate() {
        if number > 0 && tokens.get(place)?.is_sign('-') {
            place += 1;
        }
        let found = tokens.get(place)?.word()?;
        let fits = if *beginning {
            found.starts_with(word)
        } else {
            found == *word
        };
        if !fits || inside.get(place).copied().unwrap_or(false) {
            return None;
        }
        place += 1;
    }
    Some(place - at)
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn the_longest_phrase_wins() {
        let tokens = tokens("It ceases to apply; the grace period ends. Certification bodies met.");
        let inside = vec![false; tokens.len()];
        let senses: Vec<Sense> = cues(&tokens, &inside, true)
            .iter()
            .map(|cue| cue.sense)
            .collect();
        assert_eq!(
            senses,
            [
                Sense::Event(Withdrawal),
                Sense::Topic(Topic::Transition),
                Sense::Close,
                Sense::Other,
            ]
        );
    }

    #[test]
    fn phrases_are_written_as_words_are_folded() {
        for (sense, phrases) in PHRASES {
            for phrase in phrases.split('|') {
                assert_eq!(
                    crate::text::words::fold(phrase),
                    phrase,
                    "a phrase of {sense:?}"
                );
                assert!(!phrase.trim().is_empty(), "an empty phrase of {sense:?}");
            }
        }
    }
}
